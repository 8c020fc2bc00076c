export interface TextEdit {
  from: number;
  to: number;
  text: string;
}

const ITEM = /^(\s*)(?:([-*•])|(\d+)([.)]))\s+/;

/**
 * What Enter should do inside a list: begin the next item, or end the list on an empty one.
 *
 * Null where the browser's own newline is right.
 */
export function continueList(text: string, start: number, end: number): TextEdit | null {
  if (start !== end) return null;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const line = text.slice(lineStart, start);
  const match = ITEM.exec(line);
  if (!match) return null;
  if (match[0].length === line.length) return { from: lineStart, to: start, text: "" };
  const [, indent = "", bullet, number, dot = "."] = match;
  const marker = bullet ?? `${Number(number) + 1}${dot}`;
  return { from: start, to: start, text: `\n${indent}${marker} ` };
}
