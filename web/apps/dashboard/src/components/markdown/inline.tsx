import { splitAtMarkers } from "@medea/chat/parts";
import type { Token, Tokens } from "marked";
import { Fragment, type ReactNode, useContext } from "react";
import { decodeEntities } from "./entities";
import { MarksContext } from "./marks";
import { safeHref } from "./safe-href";

/** The inside of a paragraph: emphasis, code, links; HTML stays visible as text. */
export function inline(tokens: Token[] | undefined): ReactNode[] {
  return (tokens ?? []).map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece of text has no identity but its place.
    <Inline key={index} token={token} />
  ));
}

function Inline({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong className="font-semibold">{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return (
        <code className="rounded bg-muted px-1 py-px font-mono text-[0.92em]">
          {decodeEntities(token.text)}
        </code>
      );
    case "br":
      return <br />;
    case "link":
      return <SafeLink href={token.href}>{inline(token.tokens)}</SafeLink>;
    case "image":
      return <SafeLink href={(token as Tokens.Image).href}>{token.text || "Image"}</SafeLink>;
    case "escape":
      return token.text;
    case "text":
      return token.tokens ? inline(token.tokens) : <Words token={token as Tokens.Text} />;
    default:
      return token.raw;
  }
}

/** Plain words, with markers drawn and marked stretches underlined. */
function Words({ token }: { token: Tokens.Text }): ReactNode {
  const marks = useContext(MarksContext);
  const pieces = marks?.pieces.get(token);
  if (!pieces) return <Cited text={token.text} />;
  return pieces.map(({ text, isMarked }, index) =>
    isMarked ? (
      <mark
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece of text has no identity but its place.
        key={index}
        title="No passage supports this sentence"
        className="bg-transparent text-inherit underline decoration-warning decoration-wavy decoration-from-font underline-offset-4"
      >
        <Cited text={text} />
      </mark>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a piece of text has no identity but its place.
      <Cited key={index} text={text} />
    ),
  );
}

function Cited({ text }: { text: string }): ReactNode {
  const marks = useContext(MarksContext);
  if (!marks || !text.includes("[")) return decodeEntities(text);
  return splitAtMarkers(text, marks.isKnown).map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a piece of text has no identity but its place.
    <Fragment key={index}>
      {typeof piece === "number" ? marks.cite(piece) : decodeEntities(piece)}
    </Fragment>
  ));
}

function SafeLink({ href, children }: { href: string; children: ReactNode }) {
  const target = safeHref(href);
  if (target === null) return <span>{children}</span>;
  return (
    <a
      href={target}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="focus-mark rounded-sm text-primary underline decoration-primary/40 underline-offset-2 hover:decoration-primary"
    >
      {children}
    </a>
  );
}
