/** The JSON Schema of a tool's arguments as text: reading it, and an example that fits. */

type JsonObject = Record<string, unknown>;
export type Parsed = { value: JsonObject; problem: null } | { value: null; problem: string };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Read an object from JSON; the problem is a sentence for who typed it. */
export function readObject(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it could not be read";
    return { value: null, problem: `This is not JSON yet: ${reason}.` };
  }
  if (!isObject(value)) return { value: null, problem: "An object is needed: { … }." };
  return { value, problem: null };
}

/** Read a schema of arguments; the server has the last word on what it says. */
export function readSchema(text: string): Parsed {
  if (text.trim() === "") return { value: { type: "object", properties: {} }, problem: null };
  const read = readObject(text);
  if (read.value === null) return read;
  const { type = "object", properties } = read.value;
  if (type !== "object") {
    return { value: null, problem: 'Arguments are always an object: "type" must be "object".' };
  }
  if (properties !== undefined && !isObject(properties)) {
    return { value: null, problem: '"properties" must be an object with one entry per argument.' };
  }
  return read;
}

const propertiesOf = (schema: JsonObject): JsonObject =>
  isObject(schema.properties) ? schema.properties : {};

/** Names that stand in an address as `{name}`. */
export const placeholdersIn = (url: string): string[] => [
  ...new Set([...url.matchAll(/\{([A-Za-z_]\w*)\}/g)].map((match) => match[1] ?? "")),
];

/** Placeholders of an address that no argument fills. */
export function unfilled(url: string, schema: JsonObject): string[] {
  const known = Object.keys(propertiesOf(schema));
  return placeholdersIn(url).filter((name) => !known.includes(name));
}

const FORMATS: Record<string, string> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  email: "ada@example.com",
  uri: "https://example.com",
};

const MOST_LEVELS = 6;

/** A value that fits a schema as far as can be told without judging all of it. */
export function sampleOf(schema: unknown, level = 0): unknown {
  if (!isObject(schema) || level > MOST_LEVELS) return null;
  if ("const" in schema) return schema.const;
  if ("default" in schema) return schema.default;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object" || schema.properties) return sampleObject(schema, level);
  if (type === "array") return [sampleOf(schema.items, level + 1)].filter((item) => item !== null);
  if (type === "integer" || type === "number") return schema.minimum ?? 1;
  if (type === "boolean") return true;
  if (type === "string") return FORMATS[String(schema.format)] ?? "example";
  return null;
}

/** What is required, or where nothing is, everything. */
function sampleObject(schema: JsonObject, level: number): JsonObject {
  const all = Object.entries(propertiesOf(schema));
  const required = Array.isArray(schema.required) ? schema.required : [];
  const wanted = all.filter(([name]) => required.includes(name));
  const shown = wanted.length > 0 ? wanted : all;
  return Object.fromEntries(shown.map(([name, part]) => [name, sampleOf(part, level + 1)]));
}
