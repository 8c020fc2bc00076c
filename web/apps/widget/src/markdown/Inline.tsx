import type { Token, Tokens } from "marked";
import type { ReactNode } from "react";
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

function one(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <Anchor href={token.href}>{inline(token.tokens)}</Anchor>;
    case "image":
      return <ImageLink token={token as Tokens.Image} />;
    case "checkbox":
      return <span className="checkbox">{token.checked ? "☑ " : "☐ "}</span>;
    case "text":
      return token.tokens ? inline(token.tokens) : decodeEntities(token.text);
    case "escape":
      return token.text;
    default:
      // Raw HTML and whatever else is shown as it was written.
      return token.raw;
  }
}

/** Draw inline tokens. The position is the key: the same source always gives the same tokens. */
export function inline(tokens: Token[] | undefined): ReactNode {
  return tokens?.map((token, index) => <Piece key={index} token={token} />);
}

const Piece = ({ token }: { token: Token }) => <>{one(token)}</>;
