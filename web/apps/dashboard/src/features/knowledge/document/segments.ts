import type { Chunk, TextPage } from "@medea/api";

/** A stretch of a page's text: inside one passage, or between passages (then `chunk` is -1). */
export interface Segment {
  chunk: number;
  text: string;
  /** Whether the passage begins or ends here, and not on a page before or after. */
  isStart: boolean;
  isEnd: boolean;
}

/**
 * Cut a page at the borders of its passages.
 *
 * The server counts code points; JavaScript's strings count UTF-16 units. `Array.from` gives the former.
 */
export function segmentsOf(page: TextPage, chunks: readonly Chunk[]): Segment[] {
  const points = Array.from(page.text);
  const segments: Segment[] = [];
  let at = page.char_from;
  const cut = (from: number, to: number) =>
    points.slice(from - page.char_from, to - page.char_from).join("");
  chunks.forEach((chunk, index) => {
    const from = Math.max(chunk.char_from, at);
    const to = Math.min(chunk.char_to, page.char_to);
    if (to <= from) return;
    if (from > at) segments.push(between(cut(at, from)));
    segments.push({
      chunk: index,
      text: cut(from, to),
      isStart: from === chunk.char_from,
      isEnd: to === chunk.char_to,
    });
    at = to;
  });
  if (at < page.char_to) segments.push(between(cut(at, page.char_to)));
  return segments;
}

const between = (text: string): Segment => ({ chunk: -1, text, isStart: false, isEnd: false });

/** The text before, at and after a quote, or null where it is not found; white space counts as one. */
export function findQuote(text: string, quote: string): [number, number] | null {
  const words = quote.trim().split(/\s+/u).filter(Boolean);
  if (words.length === 0) return null;
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")).join("\\s+");
  const found = new RegExp(pattern, "iu").exec(text);
  return found ? [found.index, found.index + found[0].length] : null;
}
