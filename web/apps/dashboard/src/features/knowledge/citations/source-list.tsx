import type { Source } from "@medea/chat/parts";
import { FileText, Globe } from "lucide-react";

interface SourceListProps {
  sources: readonly Source[];
  onOpen: (n: number) => void;
}

/** What an answer rests on; each opens at its place. */
export function SourceList({ sources, onOpen }: SourceListProps) {
  return (
    <section aria-label="Sources">
      <h4 className="mb-1 font-medium text-muted-foreground text-xs">
        {sources.length === 1 ? "Source" : "Sources"}
      </h4>
      <ol className="flex flex-wrap gap-1.5">
        {sources.map((source) => (
          <li key={source.n} className="min-w-0 max-w-full">
            <SourceChip source={source} onOpen={() => onOpen(source.n)} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function SourceChip({ source, onOpen }: { source: Source; onOpen: () => void }) {
  const Icon = source.documentId === null ? Globe : FileText;
  const headings = source.headingPath.join(" › ");
  return (
    <button
      type="button"
      onClick={onOpen}
      className="focus-mark flex min-h-7 max-w-full items-center gap-1.5 rounded-md border bg-card px-2 py-0.5 text-left text-xs transition-colors hover:bg-accent"
    >
      <span className="font-medium text-primary tabular-nums">{source.n}</span>
      <Icon className="size-3.5 shrink-0 text-muted-foreground" aria-hidden="true" />
      <span className="truncate">{source.title}</span>
      {source.page === null ? null : (
        <span className="shrink-0 text-muted-foreground">Page {source.page}</span>
      )}
      {headings ? (
        <span className="hidden max-w-64 shrink truncate text-muted-foreground sm:inline">
          {headings}
        </span>
      ) : null}
    </button>
  );
}
