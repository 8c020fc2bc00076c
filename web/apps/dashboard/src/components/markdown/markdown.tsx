import { cn } from "@medea/ui";
import { lexer, type Token } from "marked";
import { memo, type ReactNode, useMemo } from "react";
import { Block } from "./block";
import { type Marks, MarksContext, markedPieces, type Range } from "./marks";

export interface MarkdownProps {
  text: string;
  className?: string;
  /** Numbers that `[n]` in the text may cite, and how such a marker is drawn. */
  citations?: { numbers: ReadonlySet<number>; draw: (n: number) => ReactNode } | undefined;
  /** Stretches of the source to be underlined. */
  marked?: readonly Range[] | undefined;
}

const NOTHING: readonly Range[] = [];

/**
 * Markdown from a model, as elements: no HTML is ever parsed, links lead only to web, mail and
 * telephone addresses, and images are shown as links so that reading a reply fetches nothing.
 *
 * Blocks are memoised by their source, so that a growing reply renders only its last block anew.
 */
export const Markdown = memo(function Markdown(props: MarkdownProps) {
  const { text, className, citations, marked = NOTHING } = props;
  const blocks = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text]);
  const pieces = useMemo(() => markedPieces(text, blocks, marked), [text, blocks, marked]);
  const marks = useMemo(
    (): Marks => ({
      cite: (n) => citations?.draw(n) ?? null,
      isKnown: (n) => citations?.numbers.has(n) ?? false,
      pieces,
    }),
    [citations, pieces],
  );
  return (
    <MarksContext value={marks}>
      <div className={cn("grid min-w-0 grid-cols-1 gap-3 break-words leading-relaxed", className)}>
        {blocks.map((token, index) => (
          <FrozenBlock
            // biome-ignore lint/suspicious/noArrayIndexKey: a block has no identity but its place.
            key={index}
            token={token}
            pieces={pieces}
          />
        ))}
      </div>
    </MarksContext>
  );
});

interface FrozenBlockProps {
  token: Token;
  /** Keyed by token: with other pieces the tokens must be these. */
  pieces: Marks["pieces"];
}

const FrozenBlock = memo(
  ({ token }: FrozenBlockProps) => <Block token={token} />,
  (before, after) =>
    before.token.raw === after.token.raw &&
    before.token.type === after.token.type &&
    (after.pieces.size === 0 ? before.pieces.size === 0 : before.pieces === after.pieces),
);
