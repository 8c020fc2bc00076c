import { cn } from "@medea/ui";
import { lexer, type Token } from "marked";
import { memo, useMemo } from "react";
import { Block } from "./block";

export interface MarkdownProps {
  text: string;
  className?: string;
}

/**
 * Markdown from a model, as elements: no HTML is ever parsed, links lead only to web, mail and
 * telephone addresses, and images are shown as links so that reading a reply fetches nothing.
 *
 * Blocks are memoised by their source, so that a growing reply renders only its last block anew.
 */
export const Markdown = memo(function Markdown({ text, className }: MarkdownProps) {
  const blocks = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text]);
  return (
    <div className={cn("grid min-w-0 gap-3 break-words leading-relaxed", className)}>
      {blocks.map((token, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a block has no identity but its place.
        <FrozenBlock key={index} token={token} />
      ))}
    </div>
  );
});

const FrozenBlock = memo(
  ({ token }: { token: Token }) => <Block token={token} />,
  (before, after) => before.token.raw === after.token.raw && before.token.type === after.token.type,
);
