import {
  CodeBlock,
  type CodeLanguage,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@medea/ui";
import type { Token, Tokens } from "marked";
import type { ReactNode } from "react";
import { inline } from "./inline";

const languages: Record<string, CodeLanguage> = {
  json: "json",
  sh: "bash",
  bash: "bash",
  shell: "bash",
  py: "python",
  python: "python",
  js: "javascript",
  javascript: "javascript",
  ts: "javascript",
  typescript: "javascript",
  jsx: "tsx",
  tsx: "tsx",
  html: "html",
  xml: "html",
};

/** One top-level piece of a Markdown text. */
export function Block({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case "heading":
      // All at one level: the page above has its own outline, a reply must not break it.
      return (
        <h3 dir="auto" className="mt-1 font-semibold text-base">
          {inline(token.tokens)}
        </h3>
      );
    case "paragraph":
      return <p dir="auto">{inline(token.tokens)}</p>;
    case "text":
      return <>{token.tokens ? inline(token.tokens) : token.text}</>;
    case "code":
      return (
        <CodeBlock
          code={token.text}
          language={languages[(token.lang ?? "").toLowerCase()] ?? "text"}
          {...(token.lang ? { title: token.lang } : {})}
        />
      );
    case "blockquote":
      return (
        <blockquote className="grid gap-2 border-l-2 pl-3 text-muted-foreground">
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "list":
      return <List list={token as Tokens.List} />;
    case "table":
      return <DataTable table={token as Tokens.Table} />;
    case "hr":
      return <hr className="my-1" />;
    case "space":
    case "def":
      return null;
    default:
      return <p className="whitespace-pre-wrap">{token.raw}</p>;
  }
}

function Blocks({ tokens }: { tokens: Token[] | undefined }) {
  return (tokens ?? []).map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a block has no identity but its place.
    <Block key={index} token={token} />
  ));
}

function List({ list }: { list: Tokens.List }) {
  const Tag = list.ordered ? "ol" : "ul";
  return (
    <Tag
      {...(list.ordered && typeof list.start === "number" ? { start: list.start } : {})}
      className={
        list.ordered
          ? "grid list-decimal gap-1 pl-6 marker:text-muted-foreground"
          : "grid list-disc gap-1 pl-5 marker:text-muted-foreground"
      }
    >
      {list.items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item has no identity but its place.
        <li key={index} className="space-y-1.5 pl-0.5">
          {item.task ? <span aria-hidden="true">{item.checked ? "☑ " : "☐ "}</span> : null}
          {item.task ? (
            <span className="sr-only">{item.checked ? "done: " : "to do: "}</span>
          ) : null}
          <Blocks tokens={item.tokens.filter((token) => token.type !== "checkbox")} />
        </li>
      ))}
    </Tag>
  );
}

function DataTable({ table }: { table: Tokens.Table }) {
  return (
    <div className="rounded-lg border">
      <Table label="Table in the message">
        <TableHeader>
          <TableRow>
            {table.header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its place.
              <TableHead key={index}>{inline(cell.tokens)}</TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row has no identity but its place.
            <TableRow key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell has no identity but its place.
                <TableCell key={column} className="align-top">
                  {inline(cell.tokens)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
