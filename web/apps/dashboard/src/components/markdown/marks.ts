import type { Token, Tokens } from "marked";
import { createContext, type ReactNode } from "react";

/** A stretch of the source: first character and the one behind the last. */
export type Range = readonly [number, number];

export interface Marks {
  /** Draws the marker `[n]`; null where it is no marker. */
  cite: (n: number) => ReactNode | null;
  isKnown: (n: number) => boolean;
  /** Pieces of text that lie in a marked range, cut at its borders. */
  pieces: ReadonlyMap<Token, Piece[]>;
}

export interface Piece {
  text: string;
  isMarked: boolean;
}

/** What is marked in the text that is being drawn. */
export const MarksContext = createContext<Marks | null>(null);

function* leaves(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    if (token.type === "list") {
      for (const item of (token as Tokens.List).items) yield* leaves(item.tokens);
    } else if (token.type === "table") {
      const { header, rows } = token as Tokens.Table;
      for (const cell of [header, ...rows].flat()) yield* leaves(cell.tokens);
    } else if ("tokens" in token && token.tokens) yield* leaves(token.tokens);
    else if (token.type === "text") yield token;
  }
}

/**
 * Find the texts that lie in the ranges.
 *
 * Tokens do not tell where they are, and lists are lexed from a text without their indentation. But leaves
 * come in the order of the source, so each is the next place where its text stands.
 */
export function markedPieces(
  source: string,
  tokens: readonly Token[],
  ranges: readonly Range[],
): Map<Token, Piece[]> {
  const found = new Map<Token, Piece[]>();
  if (ranges.length === 0) return found;
  let cursor = 0;
  for (const leaf of leaves(tokens)) {
    const at = source.indexOf(leaf.raw, cursor);
    if (at < 0) continue;
    cursor = at + leaf.raw.length;
    const pieces = cut(leaf.raw, at, ranges);
    if (pieces.some(({ isMarked }) => isMarked)) found.set(leaf, pieces);
  }
  return found;
}

function cut(text: string, at: number, ranges: readonly Range[]): Piece[] {
  const borders = ranges
    .flat()
    .map((border) => border - at)
    .filter((border) => border > 0 && border < text.length);
  const places = [...new Set([0, ...borders, text.length])].sort((a, b) => a - b);
  return places.slice(1).map((to, index) => {
    const from = places[index] ?? 0;
    const isMarked = ranges.some(([start, end]) => start <= at + from && at + to <= end);
    return { text: text.slice(from, to), isMarked };
  });
}
