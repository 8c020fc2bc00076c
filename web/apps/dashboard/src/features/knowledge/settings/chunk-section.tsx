import type { ChunkPreview } from "@medea/api";
import {
  Button,
  Card,
  CardContent,
  CardFooter,
  FormField,
  Notice,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  Skeleton,
  Slider,
} from "@medea/ui";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { api } from "@/lib/api";
import { formatNumber } from "@/lib/format";
import { documentsQuery, knowledgeKey } from "../queries";
import { type SectionProps, useChangeSettings } from "./settings-tab";

/** How long chunks are, with one document cut both ways before anything changes. */
export function ChunkSection({ base, canWrite }: SectionProps) {
  const stored = base.settings.chunk_tokens;
  const [tokens, setTokens] = useState(stored);
  const { change, isPending } = useChangeSettings(base);
  const isChanged = tokens !== stored;
  return (
    <Card>
      <CardContent className="grid grid-cols-1 gap-4">
        <div>
          <h2 className="font-semibold text-base">Chunks</h2>
          <p className="mt-1 text-muted-foreground text-sm">
            Documents are cut at their headings, lists and tables. Short chunks are cited more
            exactly, long ones keep more of what belongs together.
          </p>
        </div>
        <FormField
          label="Length of a chunk"
          hint="In tokens; about three quarters of a word each. 200 is right for most."
          aside={<output className="font-medium text-foreground tabular-nums">{tokens}</output>}
        >
          <Slider
            label="Length of a chunk"
            min={64}
            max={512}
            step={8}
            disabled={!canWrite}
            value={[tokens]}
            onValueChange={([value]) => setTokens(value ?? stored)}
          />
        </FormField>
        {canWrite && base.document_count > 0 ? (
          <Comparison baseId={base.id} before={stored} after={tokens} />
        ) : null}
      </CardContent>
      {canWrite ? (
        <CardFooter className="justify-end">
          <p className="mr-auto text-muted-foreground text-xs">
            {isChanged
              ? "All documents are cut anew; searches go on meanwhile."
              : "Move the slider to compare."}
          </p>
          {isChanged ? (
            <Button variant="ghost" size="sm" onClick={() => setTokens(stored)}>
              Back
            </Button>
          ) : null}
          <Button
            size="sm"
            disabled={!isChanged}
            loading={isPending}
            onClick={() => change({ chunk_tokens: tokens }, "The documents are being cut anew")}
          >
            Cut anew
          </Button>
        </CardFooter>
      ) : null}
    </Card>
  );
}

interface ComparisonProps {
  baseId: string;
  before: number;
  after: number;
}

function Comparison({ baseId, before, after }: ComparisonProps) {
  const documents = useInfiniteQuery(documentsQuery(baseId, { status: "ready" }));
  const list = documents.data?.pages.flatMap((page) => page.data) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  // The longest shows most of what changes.
  const longest = list.reduce<(typeof list)[number] | undefined>(
    (best, one) => (best && best.chunk_count >= one.chunk_count ? best : one),
    undefined,
  );
  const documentId = chosen ?? longest?.id ?? null;
  if (documentId === null) return null;
  return (
    <div className="grid grid-cols-1 gap-3">
      <FormField label="Try it on">
        <Select value={documentId} onValueChange={setChosen}>
          <SelectTrigger>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {list.map((document) => (
              <SelectItem key={document.id} value={document.id}>
                {document.name}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      </FormField>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Cut label="Now" baseId={baseId} documentId={documentId} tokens={before} />
        <Cut label="Then" baseId={baseId} documentId={documentId} tokens={after} />
      </div>
    </div>
  );
}

interface CutProps {
  label: string;
  baseId: string;
  documentId: string;
  tokens: number;
}

const SHOWN = 8;

/** The first chunks of a document at one length. */
function Cut({ label, baseId, documentId, tokens }: CutProps) {
  const settled = useSettled(tokens);
  const preview = useQuery({
    queryKey: [...knowledgeKey, "preview", baseId, documentId, settled],
    queryFn: () => api.knowledge.preview(baseId, documentId, { chunk_tokens: settled }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return (
    <section
      aria-label={`${label}: ${tokens} tokens`}
      className="flex h-72 min-w-0 flex-col overflow-hidden rounded-lg border"
    >
      <h3 className="flex items-baseline gap-2 border-b bg-muted/50 px-3 py-2 text-xs">
        <span className="font-medium">{label}</span>
        <span className="text-muted-foreground tabular-nums">
          {preview.data
            ? `${formatNumber(preview.data.chunk_count)} ${preview.data.chunk_count === 1 ? "chunk" : "chunks"}`
            : `${tokens} tokens`}
        </span>
      </h3>
      {preview.isPending ? (
        <div className="grid gap-2 p-3" role="status" aria-label="Cutting">
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
        </div>
      ) : preview.isLoadingError ? (
        <LoadFailure
          error={preview.error}
          what="the preview"
          onRetry={() => void preview.refetch()}
        />
      ) : (
        <Drafts preview={preview.data} />
      )}
    </section>
  );
}

function Drafts({ preview }: { preview: ChunkPreview }) {
  const rest = preview.chunk_count - SHOWN;
  return (
    <ol
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard.
      tabIndex={0}
      aria-label="First chunks"
      className="focus-mark min-h-0 flex-1 divide-y overflow-y-auto text-xs -outline-offset-2"
    >
      {preview.notice ? (
        <li className="p-2">
          <Notice variant="warning">{preview.notice}</Notice>
        </li>
      ) : null}
      {preview.data.slice(0, SHOWN).map((draft) => (
        <li key={draft.ordinal} className="grid gap-1 px-3 py-2.5">
          <span className="flex gap-2 text-2xs text-muted-foreground tabular-nums">
            <span className="font-mono">{draft.ordinal + 1}</span>
            <span className="min-w-0 flex-1 truncate">{draft.heading_path.join(" › ")}</span>
            {draft.tokens} tokens
          </span>
          <span className="line-clamp-4 whitespace-pre-wrap break-words">{draft.text}</span>
        </li>
      ))}
      {rest > 0 ? (
        <li className="px-3 py-2.5 text-muted-foreground">and {formatNumber(rest)} more</li>
      ) : null}
    </ol>
  );
}

function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 250);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
