/** A request and its answer as they would be on the wire, JSON laid out for reading. */
import type { ToolTrial } from "@medea/api";

const headerLines = (headers: Record<string, string>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const message = (lines: string[], body: string): string =>
  [...lines, ...(body === "" ? [] : ["", readable(body)])].join("\n");

export const requestText = ({ method, url, headers, body }: ToolTrial): string =>
  message([`${method} ${url}`, ...headerLines(headers)], body);

export const responseText = ({ status, answer_headers, answer }: ToolTrial): string =>
  message([`Status ${status}`, ...headerLines(answer_headers)], answer);

/** A result as text: JSON as it is, text without its quotes. */
export const bodyText = (result: unknown): string =>
  typeof result === "string" ? result : JSON.stringify(result, null, 2);
