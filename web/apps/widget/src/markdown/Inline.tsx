import type { Token, Tokens } from "marked";
import type { ReactNode } from "react";
import type { Cite } from "../conversation/Markdown.tsx";
import { strings } from "../strings/index.ts";
import { decodeEntities, safeHref } from "./text.ts";

function Anchor({ href, children }: { href: string; children: ReactNode }) {
  const safe = safeHref(href);
  if (!safe) return <span>{children}</span>;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow ugc">
      {children}
    </a>
  );
}

/** Pictures are never fetched by themselves: their address could carry the conversation away. */
function ImageLink({ token }: { token: Tokens.Image }) {
  return (
    <Anchor href={token.href}>
      {strings().image}
      {token.text ? `: ${token.text}` : ""}
    </Anchor>
  );
}

/** Words with the markers of sources drawn. */
function words(text: string, cite: Cite | undefined): ReactNode {
  if (!cite) return text;
  return text
    .split(/\[(\d{1,2})\]/)
    .map((piece, at) => (at % 2 ? (cite(Number(piece)) ?? `[${piece}]`) : piece));
}

function one(token: Token, cite: Cite | undefined): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inline(token.tokens, cite)}</strong>;
    case "em":
      return <em>{inline(token.tokens, cite)}</em>;
    case "del":
      return <del>{inline(token.tokens, cite)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Anchor href={token.href}>{inline(token.tokens, cite)}</Anchor>;
    case "image":
      return <ImageLink token={token as Tokens.Image} />;
    case "checkbox":
      return <span className="checkbox">{token.checked ? "☑ " : "☐ "}</span>;
    case "text":
      return token.tokens ? inline(token.tokens, cite) : words(decodeEntities(token.text), cite);
    case "escape":
      return token.text;
    default:
      // Raw HTML and whatever else is shown as it was written.
      return token.raw;
  }
}

/** Draw inline tokens. The position is the key: the same source always gives the same tokens. */
export function inline(tokens: Token[] | undefined, cite: Cite | undefined): ReactNode {
  return tokens?.map((token, index) => <Piece key={index} token={token} cite={cite} />);
}

const Piece = ({ token, cite }: { token: Token; cite: Cite | undefined }) => (
  <>{one(token, cite)}</>
);
