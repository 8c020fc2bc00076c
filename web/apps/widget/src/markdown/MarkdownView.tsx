import type { Token, Tokens } from "marked";
import { memo, type ReactNode, useRef } from "react";
import type { Cite, MarkdownProps } from "../conversation/Markdown.tsx";
import { type Block, type BlockCache, emptyCache, mendTail, readBlocks } from "./blocks.ts";
import { CodeBlock } from "./CodeBlock.tsx";
import { inline } from "./Inline.tsx";
import "./markdown.css";

interface Drawn<T> {
  token: T;
  cite: Cite | undefined;
}

function List({ token, cite }: Drawn<Tokens.List>) {
  const items = token.items.map((item, index) => (
    <li key={index} className={item.task ? "task" : undefined}>
      {item.tokens.map((inner, at) => (
        <BlockView key={at} token={inner} cite={cite} isTight={!token.loose} />
      ))}
    </li>
  ));
  if (!token.ordered) return <ul>{items}</ul>;
  return <ol start={token.start === "" ? 1 : token.start}>{items}</ol>;
}

function Table({ token, cite }: Drawn<Tokens.Table>) {
  const style = (at: number) => {
    const align = token.align[at];
    return align ? { textAlign: align } : undefined;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by keyboard.
    <div className="table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {token.header.map((cell, at) => (
              <th key={at} style={style(at)}>
                {inline(cell.tokens, cite)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at} style={style(at)}>
                  {inline(cell.tokens, cite)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BlockView({ token, cite, isTight }: Drawn<Token> & { isTight?: boolean }): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      // One level for all: a message's headings must not upset the document's order.
      return <h2 className={`h${token.depth}`}>{inline(token.tokens, cite)}</h2>;
    case "paragraph":
      return <p dir="auto">{inline(token.tokens, cite)}</p>;
    case "text":
      return isTight ? inline(token.tokens, cite) : <p dir="auto">{inline(token.tokens, cite)}</p>;
    case "code":
      return <CodeBlock text={token.text} language={token.lang ?? ""} />;
    case "blockquote":
      return (
        <blockquote>
          {token.tokens?.map((inner, index) => (
            <BlockView key={index} token={inner} cite={cite} />
          ))}
        </blockquote>
      );
    case "list":
      return <List token={token as Tokens.List} cite={cite} />;
    case "table":
      return <Table token={token as Tokens.Table} cite={cite} />;
    case "hr":
      return <hr />;
    default:
      return inline([token], cite);
  }
}

/** Drawn again only when its own source or the sources behind its markers changed. */
const MemoBlock = memo(
  ({ block, cite }: { block: Block; cite: Cite | undefined }) => (
    <BlockView token={block.token} cite={cite} />
  ),
  (before, after) => before.block.raw === after.block.raw && before.cite === after.cite,
);

/** Markdown as elements: no HTML is ever parsed, so nothing in a message can become more than text. */
export function MarkdownView({ text, isStreaming, cite }: MarkdownProps) {
  const cache = useRef<BlockCache>(emptyCache());
  const blocks = readBlocks(text, isStreaming, cache.current);
  const last = blocks.at(-1);
  if (isStreaming && last && (last.token.type === "paragraph" || last.token.type === "list")) {
    const mended = mendTail(last.raw);
    if (mended !== last.raw) {
      const [first, ...rest] = readBlocks(mended, false, emptyCache());
      if (first && rest.length === 0) blocks[blocks.length - 1] = { ...first, key: last.key };
    }
  }
  return (
    <div className={isStreaming ? "prose is-streaming" : "prose"} dir="auto">
      {blocks.map((block) => (
        <MemoBlock key={block.key} block={block} cite={cite} />
      ))}
    </div>
  );
}
