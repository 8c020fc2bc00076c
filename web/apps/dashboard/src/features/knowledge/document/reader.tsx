import type { Chunk, KnowledgeDocument, TextPage } from "@medea/api";
import { Card, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { LoadFailure } from "@/components/load-failure";
import { formatNumber } from "@/lib/format";
import { chunksQuery, textQuery } from "../queries";
import { Segmented } from "../segmented";
import { ChunkList } from "./chunk-list";
import type { Place } from "./document-page";
import { PageImage, PageTurner } from "./page-image";
import { TextView } from "./text-view";

const VIEWS = [
  { value: "page", label: "Page" },
  { value: "text", label: "Text" },
] as const;

interface ReaderProps {
  document: KnowledgeDocument;
  place: Place;
  onPlace: (place: Place) => void;
}

/** Chunks at the left, the original at the right; choosing one shows its place. */
export function Reader({ document, place, onPlace }: ReaderProps) {
  const chunks = useQuery(chunksQuery(document.id, document.indexed_at));
  const text = useQuery(textQuery(document.id, document.indexed_at));
  const failed = chunks.isLoadingError ? chunks : text.isLoadingError ? text : null;
  if (failed) {
    return (
      <LoadFailure
        error={failed.error}
        what="the chunks"
        onRetry={() => {
          void chunks.refetch();
          void text.refetch();
        }}
      />
    );
  }
  if (!chunks.data || !text.data) {
    return (
      <div
        className="grid grid-cols-1 gap-5 lg:grid-cols-2"
        role="status"
        aria-label="Loading the chunks"
      >
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    );
  }
  return (
    <Panes
      document={document}
      chunks={chunks.data}
      pages={text.data}
      place={place}
      onPlace={onPlace}
    />
  );
}

interface PanesProps extends ReaderProps {
  chunks: Chunk[];
  pages: TextPage[];
}

function Panes({ document, chunks, pages, place, onPlace }: PanesProps) {
  const isPdf = document.kind === "pdf";
  const view = isPdf ? (place.view ?? "page") : "text";
  const chosen = chunks.findIndex((chunk) => chunk.id === place.chunk);
  const first = chunks[chosen === -1 ? 0 : chosen]?.page_from ?? 1;
  const page = place.page ?? first;
  const choose = (index: number) => {
    const chunk = chunks[index];
    if (chunk) onPlace({ ...(place.view ? { view } : {}), chunk: chunk.id });
  };
  // The whole chunk marks itself on the page unless a narrower quote led here.
  const quote = place.quote ?? chunks[chosen]?.text ?? null;
  return (
    <div className="grid grid-cols-1 min-h-0 flex-1 gap-5 lg:grid-cols-[minmax(20rem,5fr)_7fr]">
      <Card className="flex max-h-[24rem] min-h-0 flex-col overflow-hidden lg:max-h-none">
        <h2 className="flex h-11 shrink-0 items-center gap-2 border-b px-4 font-semibold text-sm">
          Chunks
          <span className="font-normal text-muted-foreground tabular-nums">
            {formatNumber(chunks.length)}
          </span>
        </h2>
        <div className="flex min-h-0 flex-1 flex-col">
          <ChunkList chunks={chunks} chosen={chosen} onChoose={choose} />
        </div>
      </Card>
      <Card className="flex h-[32rem] min-h-0 flex-col overflow-hidden lg:h-auto">
        <div className="flex h-11 shrink-0 items-center gap-3 border-b px-4">
          <h2 className="mr-auto font-semibold text-sm">
            {view === "page" ? "Original" : "Text as it was read"}
          </h2>
          {view === "page" ? (
            <PageTurner
              page={page}
              count={document.page_count ?? pages.length}
              onTurn={(next) => onPlace({ ...place, page: next })}
            />
          ) : null}
          {isPdf ? (
            <Segmented
              label="View"
              value={view}
              options={VIEWS}
              onChange={(next) => onPlace({ ...place, view: next })}
            />
          ) : null}
        </div>
        <div className="min-h-0 flex-1">
          {view === "page" ? (
            <section
              aria-label="Page of the document"
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
              tabIndex={0}
              className="focus-mark h-full overflow-y-auto bg-muted/50 p-4 -outline-offset-2"
            >
              <PageImage documentId={document.id} name={document.name} page={page} quote={quote} />
            </section>
          ) : (
            <TextView
              pages={pages}
              chunks={chunks}
              chosen={chosen}
              quote={place.quote ?? null}
              onChoose={choose}
            />
          )}
        </div>
      </Card>
    </div>
  );
}
