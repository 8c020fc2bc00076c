/** A tool as its form holds it, and as the API takes it. */
import type { Tool, ToolInput, ToolMethod } from "@medea/api";
import { readSchema } from "./schema";

export const METHODS: readonly ToolMethod[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const NAME = /^[a-z][a-z0-9_]{0,59}$/;
const HARMLESS: readonly ToolMethod[] = ["GET", "PUT", "DELETE"];
const MOST_SECONDS = 120;

export interface HeaderRow {
  name: string;
  value: string;
}

export interface ToolValues {
  name: string;
  description: string;
  /** JSON as typed. */
  parameters: string;
  method: ToolMethod;
  url: string;
  headers: HeaderRow[];
  response_path: string;
  timeout_seconds: string;
  is_safe_to_repeat: boolean;
  is_public: boolean;
}

const STARTING_SCHEMA = {
  type: "object",
  properties: { order_id: { type: "string", description: "such as A-1234" } },
  required: ["order_id"],
};

const asText = (value: unknown): string => JSON.stringify(value, null, 2);

/** Whether a second request does no harm, as far as the method says (RFC 9110). */
export const isHarmless = (method: ToolMethod): boolean => HARMLESS.includes(method);

export function startOf(tool: Tool | null): ToolValues {
  if (tool === null) {
    return {
      name: "",
      description: "",
      parameters: asText(STARTING_SCHEMA),
      method: "GET",
      url: "",
      headers: [],
      response_path: "",
      timeout_seconds: "15",
      is_safe_to_repeat: true,
      is_public: false,
    };
  }
  return {
    name: tool.name,
    description: tool.description,
    parameters: asText(tool.parameters),
    method: tool.method,
    url: tool.url,
    headers: Object.entries(tool.headers).map(([name, value]) => ({ name, value })),
    response_path: tool.response_path,
    timeout_seconds: String(tool.timeout_seconds),
    is_safe_to_repeat: tool.is_safe_to_repeat,
    is_public: tool.is_public,
  };
}

const filled = (rows: readonly HeaderRow[]): HeaderRow[] =>
  rows
    .map(({ name, value }) => ({ name: name.trim(), value: value.trim() }))
    .filter(({ name, value }) => name !== "" || value !== "");

/** A tool to be sent; only for values that were found valid. */
export function inputOf(values: ToolValues): ToolInput {
  return {
    name: values.name.trim(),
    description: values.description.trim(),
    parameters: readSchema(values.parameters).value ?? {},
    method: values.method,
    url: values.url.trim(),
    headers: Object.fromEntries(filled(values.headers).map(({ name, value }) => [name, value])),
    response_path: values.response_path.trim(),
    timeout_seconds: Number(values.timeout_seconds),
    is_safe_to_repeat: values.is_safe_to_repeat,
    is_public: values.is_public,
  };
}

export const validName = (name: string): true | string =>
  NAME.test(name.trim()) ||
  "Small letters, digits and _, beginning with a letter, such as find_order.";

export function validUrl(url: string): true | string {
  if (!/^https?:\/\/[^\s/?#{}]+/i.test(url.trim())) {
    return "An address that begins with https:// and a fixed host.";
  }
  return true;
}

export function validSeconds(text: string): true | string {
  const seconds = Number(text);
  const isFit = text.trim() !== "" && seconds > 0 && seconds <= MOST_SECONDS;
  return isFit || `More than 0 and at most ${MOST_SECONDS} seconds.`;
}

/** What is wrong with the headers; null where nothing is. */
export function headerProblem(rows: readonly HeaderRow[]): string | null {
  const seen = new Set<string>();
  for (const { name } of filled(rows)) {
    if (name === "") return "A header needs a name.";
    if (seen.has(name.toLowerCase())) return `${name} is given twice.`;
    seen.add(name.toLowerCase());
  }
  return null;
}

/** Names of the vault's secrets that headers hold as `{{NAME}}`. */
export const secretsIn = (rows: readonly HeaderRow[]): string[] => [
  ...new Set(
    rows.flatMap(({ value }) =>
      [...value.matchAll(/\{\{([A-Z][A-Z0-9_]*)\}\}/g)].map((match) => match[1] ?? ""),
    ),
  ),
];

/** The server that an address names; the address itself where it names none. */
export function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]+)/i.exec(url)?.[1] ?? url;
}
