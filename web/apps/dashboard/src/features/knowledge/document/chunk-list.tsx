import type { Chunk } from "@medea/api";
import { cn } from "@medea/ui";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { formatNumber } from "@/lib/format";

interface ChunkListProps {
  chunks: Chunk[];
  chosen: number;
  onChoose: (index: number) => void;
}

/** The chunks of a document; arrow keys move through them. */
export function ChunkList({ chunks, chosen, onChoose }: ChunkListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: chunks.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 120,
    overscan: 6,
  });
  useEffect(() => {
    if (chosen >= 0) rows.scrollToIndex(chosen, { align: "auto" });
  }, [chosen, rows]);

  function move(event: KeyboardEvent) {
    const last = chunks.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: Math.min(chosen + 1, last),
      ArrowUp: Math.max(chosen - 1, 0),
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next);
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label="Chunks"
      tabIndex={0}
      aria-activedescendant={chosen >= 0 ? `chunk-${chosen}` : undefined}
      onKeyDown={move}
      className="focus-mark min-h-24 flex-1 overflow-y-auto -outline-offset-2"
    >
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const chunk = chunks[row.index];
          if (!chunk) return null;
          return (
            <div
              key={chunk.id}
              ref={rows.measureElement}
              data-index={row.index}
              className="absolute inset-x-0"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <ChunkOption
                chunk={chunk}
                index={row.index}
                isChosen={row.index === chosen}
                onChoose={onChoose}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface ChunkOptionProps {
  chunk: Chunk;
  index: number;
  isChosen: boolean;
  onChoose: (index: number) => void;
}

function ChunkOption({ chunk, index, isChosen, onChoose }: ChunkOptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box handles the keys of its options.
    <div
      id={`chunk-${index}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      onClick={() => onChoose(index)}
      className={cn(
        "cursor-pointer border-b border-l-2 border-l-transparent px-4 py-3 transition-colors hover:bg-muted/60",
        isChosen && "border-l-primary bg-primary/6 hover:bg-primary/8",
      )}
    >
      <p className="flex items-baseline gap-2 text-muted-foreground text-xs">
        <span className="font-medium font-mono text-foreground">{index + 1}</span>
        <span className="min-w-0 flex-1 truncate" title={chunk.heading_path.join(" › ")}>
          {chunk.heading_path.join(" › ")}
        </span>
        <span className="shrink-0 tabular-nums">
          {chunk.page_from ? `${pagesOf(chunk)} · ` : ""}
          {formatNumber(chunk.tokens)} tokens
        </span>
      </p>
      <p
        className={cn(
          "mt-1 break-words text-sm",
          isChosen ? "whitespace-pre-wrap" : "line-clamp-3",
        )}
      >
        {chunk.text}
      </p>
      {isChosen ? (
        <p className="mt-2 font-mono text-2xs text-muted-foreground">
          characters {formatNumber(chunk.char_from)} to {formatNumber(chunk.char_to)}
        </p>
      ) : null}
    </div>
  );
}

export function pagesOf({ page_from, page_to }: Chunk): string {
  if (page_from === null) return "";
  return page_to !== null && page_to > page_from
    ? `pages ${page_from} to ${page_to}`
    : `page ${page_from}`;
}
