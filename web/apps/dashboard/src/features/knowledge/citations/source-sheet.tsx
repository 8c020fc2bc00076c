import type { Source } from "@medea/chat/parts";
import { Button, Sheet, SheetContent, SheetDescription, SheetHeader, SheetTitle } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { BookOpen, ChevronLeft, ChevronRight, ExternalLink } from "lucide-react";
import { useRef } from "react";
import { PageImage } from "../document/page-image";
import { placeOf } from "./place";
import { QuoteInText } from "./quote-in-text";

interface SourceSheetProps {
  sources: readonly Source[];
  /** Number of the open one. */
  opened: number | null;
  onOpen: (n: number) => void;
  onClose: () => void;
}

/** A source at its place: the page as it looks or the text around the quote. */
export function SourceSheet({ sources, opened, onOpen, onClose }: SourceSheetProps) {
  const found = sources.find(({ n }) => n === opened);
  // Stays drawn while the sheet slides out.
  const last = useRef(found);
  if (found) last.current = found;
  const source = last.current;
  return (
    <Sheet open={found !== undefined} onOpenChange={(open) => !open && onClose()}>
      <SheetContent className="w-full max-w-none gap-5 sm:w-[min(34rem,calc(100%-2.5rem))]">
        {source ? <SourceBody source={source} sources={sources} onOpen={onOpen} /> : null}
      </SheetContent>
    </Sheet>
  );
}

interface SourceBodyProps {
  source: Source;
  sources: readonly Source[];
  onOpen: (n: number) => void;
}

function SourceBody({ source, sources, onOpen }: SourceBodyProps) {
  const place = placeOf(source);
  return (
    <>
      <SheetHeader>
        <SheetTitle className="break-words">{source.title}</SheetTitle>
        <SheetDescription>
          Source {source.n}
          {place ? ` · ${place}` : ""}
        </SheetDescription>
      </SheetHeader>
      {source.quote ? (
        <blockquote className="whitespace-pre-wrap break-words rounded-lg border-l-2 border-l-primary bg-muted/60 py-2.5 pr-3 pl-3.5 text-sm">
          {source.quote}
        </blockquote>
      ) : null}
      {source.documentId ? <InContext source={source} documentId={source.documentId} /> : null}
      <div className="mt-auto flex flex-wrap items-center gap-2 border-t pt-4">
        <Turner source={source} sources={sources} onOpen={onOpen} />
        {source.url ? (
          <Button asChild variant="ghost" size="sm">
            <a href={source.url} target="_blank" rel="noopener noreferrer">
              <ExternalLink />
              As visitors see it
            </a>
          </Button>
        ) : null}
        {source.documentId ? (
          <Button asChild variant="outline" size="sm" className="ml-auto">
            <Link
              to="/dashboard/knowledge/documents/$documentId"
              params={{ documentId: source.documentId }}
              search={{
                chunk: source.id,
                ...(source.page ? { page: source.page } : {}),
                ...(source.quote ? { quote: source.quote.slice(0, 400) } : {}),
              }}
            >
              <BookOpen />
              Open document
            </Link>
          </Button>
        ) : null}
      </div>
    </>
  );
}

function InContext({ source, documentId }: { source: Source; documentId: string }) {
  const isPdf = source.mediaType === "application/pdf" && source.page !== null;
  return (
    <section aria-label="In its place" className="grid gap-2">
      <h3 className="font-medium text-muted-foreground text-xs">In its place</h3>
      {isPdf ? (
        <PageImage
          documentId={documentId}
          name={source.title}
          page={source.page ?? 1}
          quote={source.quote}
        />
      ) : (
        <QuoteInText documentId={documentId} chunkId={source.id} quote={source.quote} />
      )}
    </section>
  );
}

function Turner({ source, sources, onOpen }: SourceBodyProps) {
  if (sources.length < 2) return null;
  const at = sources.indexOf(source);
  const before = sources[at - 1];
  const next = sources[at + 1];
  return (
    <div className="flex items-center gap-1">
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Source before"
        disabled={!before}
        onClick={() => before && onOpen(before.n)}
      >
        <ChevronLeft />
      </Button>
      <span className="text-muted-foreground text-xs tabular-nums">
        {at + 1} of {sources.length}
      </span>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Next source"
        disabled={!next}
        onClick={() => next && onOpen(next.n)}
      >
        <ChevronRight />
      </Button>
    </div>
  );
}
