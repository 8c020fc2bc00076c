import { ApiError } from "@medea/api";
import { Notice, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Quoted } from "../document/text-view";
import { chunksQuery, documentQuery } from "../queries";

interface QuoteInTextProps {
  documentId: string;
  chunkId: string;
  quote: string | null;
}

/** The passage that was cited, its neighbours around it, the quote marked. */
export function QuoteInText({ documentId, chunkId, quote }: QuoteInTextProps) {
  const document = useQuery(documentQuery(documentId));
  const chunks = useQuery({
    ...chunksQuery(documentId, document.data?.indexed_at ?? null),
    enabled: document.isSuccess,
  });
  const box = useRef<HTMLElement>(null);
  const isLoaded = chunks.data !== undefined;
  useEffect(() => {
    const mark = isLoaded ? box.current?.querySelector("mark") : null;
    if (!mark || !box.current) return;
    box.current.scrollTop +=
      mark.getBoundingClientRect().top - box.current.getBoundingClientRect().top - 80;
  }, [isLoaded]);

  if (document.isLoadingError) {
    const isGone = document.error instanceof ApiError && document.error.isNotFound;
    return (
      <Notice variant={isGone ? "info" : "warning"}>
        {isGone
          ? "The document was deleted since. The quote above is as it was then."
          : "The document could not be loaded."}
      </Notice>
    );
  }
  if (!chunks.data) return <Skeleton className="h-48" />;
  const at = chunks.data.findIndex((chunk) => chunk.id === chunkId);
  if (at < 0) {
    return (
      <Notice>The document has changed since: this passage is not in its present version.</Notice>
    );
  }
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      tabIndex={0}
      aria-label="Passage"
      className="focus-mark max-h-96 overflow-y-auto rounded-lg border px-4 py-3 text-sm leading-relaxed"
    >
      {chunks.data.slice(Math.max(0, at - 1), at + 2).map((chunk) => (
        <p
          key={chunk.id}
          className={
            chunk.id === chunkId
              ? "my-2 whitespace-pre-wrap break-words first:mt-0 last:mb-0"
              : "my-2 whitespace-pre-wrap break-words text-muted-foreground first:mt-0 last:mb-0"
          }
        >
          {chunk.id === chunkId && quote ? <Quoted text={chunk.text} quote={quote} /> : chunk.text}
        </p>
      ))}
    </section>
  );
}
