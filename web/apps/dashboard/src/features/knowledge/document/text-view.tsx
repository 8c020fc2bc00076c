import type { Chunk, TextPage } from "@medea/api";
import { cn } from "@medea/ui";
import { memo, useEffect, useMemo, useRef } from "react";
import { findQuote, type Segment, segmentsOf } from "./segments";

interface TextViewProps {
  pages: TextPage[];
  chunks: Chunk[];
  /** Place of the chosen chunk in `chunks`. */
  chosen: number;
  quote?: string | null;
  onChoose: (index: number) => void;
}

/** The text that was read, the borders of its chunks marked. */
export function TextView({ pages, chunks, chosen, quote, onChoose }: TextViewProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target =
      box.current?.querySelector("mark") ?? box.current?.querySelector(`[data-chunk="${chosen}"]`);
    scrollWithin(box.current, target);
  }, [chosen]);
  return (
    <section
      ref={box}
      aria-label="Text of the document"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="focus-mark h-full overflow-y-auto px-5 py-4 -outline-offset-2"
    >
      {pages.map((page) => (
        <div
          key={page.char_from}
          className="[contain-intrinsic-size:auto_60rem] [content-visibility:auto]"
        >
          {page.number !== null && pages.length > 1 ? (
            <p className="my-4 flex items-center gap-3 text-2xs text-muted-foreground first:mt-0">
              <span className="h-px flex-1 bg-border" aria-hidden="true" />
              Page {page.number}
              <span className="h-px flex-1 bg-border" aria-hidden="true" />
            </p>
          ) : null}
          <PageText
            page={page}
            chunks={chunks}
            chosen={chosen}
            quote={quote ?? null}
            onChoose={onChoose}
          />
        </div>
      ))}
    </section>
  );
}

/** Bring a place into view without moving the page around it. */
function scrollWithin(box: HTMLElement | null, target: Element | null | undefined): void {
  if (!box || !target) return;
  const distance = target.getBoundingClientRect().top - box.getBoundingClientRect().top;
  box.scrollTop += distance - 48;
}

interface PageTextProps extends Omit<TextViewProps, "pages"> {
  page: TextPage;
}

const PageText = memo(function PageText({ page, chunks, chosen, quote, onChoose }: PageTextProps) {
  const segments = useMemo(() => segmentsOf(page, chunks), [page, chunks]);
  return (
    <div className="whitespace-pre-wrap break-words text-sm leading-relaxed">
      {segments.map((segment, index) =>
        segment.chunk < 0 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a stretch has no identity but its place.
          <span key={index}>{segment.text}</span>
        ) : (
          <Passage
            // biome-ignore lint/suspicious/noArrayIndexKey: a stretch has no identity but its place.
            key={index}
            segment={segment}
            isChosen={segment.chunk === chosen}
            quote={segment.chunk === chosen ? (quote ?? null) : null}
            onChoose={onChoose}
          />
        ),
      )}
    </div>
  );
});

interface PassageProps {
  segment: Segment;
  isChosen: boolean;
  quote: string | null;
  onChoose: (index: number) => void;
}

const Passage = memo(function Passage({ segment, isChosen, quote, onChoose }: PassageProps) {
  const { chunk, text, isStart, isEnd } = segment;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list of chunks beside is the keyboard's way.
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for the mouse, not the only way.
    <span
      data-chunk={chunk}
      onClick={() => onChoose(chunk)}
      className={cn(
        "cursor-pointer rounded-sm decoration-clone transition-colors",
        chunk % 2 === 0 ? "bg-chart-2/12" : "bg-chart-1/12",
        isChosen && "bg-primary/28",
        !isChosen && "hover:bg-primary/14",
      )}
    >
      {isStart ? (
        <span
          aria-hidden="true"
          className="mr-1 select-none rounded bg-card px-1 align-text-top font-mono text-[10px] text-muted-foreground leading-4 shadow-xs ring-1 ring-border"
        >
          {chunk + 1}
        </span>
      ) : null}
      {quote ? <Quoted text={text} quote={quote} /> : text}
      {isEnd ? <span className="sr-only"> (end of chunk {chunk + 1}) </span> : null}
    </span>
  );
});

/** A text with a quote marked in it, if it is there. */
export function Quoted({ text, quote }: { text: string; quote: string }) {
  const found = findQuote(text, quote);
  if (!found) return text;
  return (
    <>
      {text.slice(0, found[0])}
      <mark className="rounded-sm bg-yellow-300/60 text-inherit dark:bg-yellow-400/30">
        {text.slice(...found)}
      </mark>
      {text.slice(found[1])}
    </>
  );
}
