/**
 * What a reply carries beside its text, made ready to be shown: sources, tools, grounding.
 *
 * Both forms are read: the frames of a stream (`source-document`, `tool-*`, `data-grounding`) and the
 * parts of a stored message (`source`, `tool`, `grounding`). Not part of the package's main entry, so
 * that a chat without sources does not load it.
 */
import type { RawPart } from "./frames.ts";

export { answersOf, type FormField, type FormShape, readForm } from "./form.ts";

/** A passage that the answer rests on; its text cites it as `[n]`. */
export interface Source {
  n: number;
  id: string;
  title: string;
  documentId: string | null;
  mediaType: string | null;
  /** From 1; null where the document has no pages. */
  page: number | null;
  /** Outermost first. */
  headingPath: string[];
  quote: string | null;
  url: string | null;
  score: number | null;
}

/** `approval` and `form`: it waits for the visitor. */
export type ToolState = "running" | "approval" | "form" | "done" | "failed" | "denied";

/** One call of a tool; `id` is what an answer to its question must name. */
export interface ToolCall {
  id: string;
  name: string;
  title: string | null;
  state: ToolState;
  input: unknown;
  output: unknown;
  error: string | null;
}

/** How far the answer is carried by its sources. */
export interface Grounding {
  /** Share of sentences with support, 0 to 1; null where nothing had to be supported. */
  supported: number | null;
  /** Where in the text sentences without support are: first character and the one behind the last. */
  unsupported: [number, number][];
  /** False where nothing that was found answers the question. */
  isAnswered: boolean;
}

export interface Parts {
  sources: Source[];
  tools: ToolCall[];
  grounding: Grounding | null;
}

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;
const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function readSource(part: Fields, count: number): Source {
  const own = { ...part, ...fields(fields(part.providerMetadata).medea) };
  const page = number(own.page);
  return {
    n: number(own.n) ?? count + 1,
    id: text(own.sourceId) ?? text(own.chunk_id) ?? text(own.id) ?? String(count),
    title: text(own.title) ?? text(own.document_name) ?? text(own.filename) ?? text(own.url) ?? "",
    documentId: text(own.document_id),
    mediaType: text(own.mediaType) ?? text(own.media_type),
    page: page !== null && page > 0 ? page : null,
    headingPath: list(own.heading_path).filter((heading) => typeof heading === "string"),
    quote: text(own.quote),
    url: text(own.url),
    score: number(own.score),
  };
}

function readGrounding(data: Fields): Grounding {
  const ranges = list(data.unsupported).map(list);
  return {
    supported: number(data.supported),
    unsupported: ranges.flatMap(([from, to]) =>
      typeof from === "number" && typeof to === "number" && to > from ? [[from, to]] : [],
    ),
    isAnswered: data.answered !== false,
  };
}

const STATES: Record<string, ToolState> = {
  "tool-input-start": "running",
  "tool-input-available": "running",
  "tool-input-error": "failed",
  "tool-approval-request": "approval",
  "tool-output-available": "done",
  "tool-output-error": "failed",
  "tool-output-denied": "denied",
  running: "running",
  approval: "approval",
  form: "form",
  done: "done",
  failed: "failed",
  denied: "denied",
};

/** Fold a frame, or a stored call, into what is known of that call. */
function foldTool(calls: Map<string, ToolCall>, part: Fields): void {
  const id = text(part.toolCallId) ?? text(part.call_id) ?? text(part.id);
  if (!id) return;
  const before = calls.get(id);
  const word = part.type === "tool" ? text(part.state) : text(part.type);
  const error = text(part.errorText) ?? text(part.error);
  calls.set(id, {
    id,
    name: text(part.toolName) ?? text(part.tool_name) ?? text(part.name) ?? before?.name ?? "",
    title: text(part.title) ?? before?.title ?? null,
    state: (word && STATES[word]) || before?.state || "done",
    input: part.input ?? before?.input ?? null,
    output: part.output ?? before?.output ?? null,
    error: error ?? before?.error ?? null,
  });
}

/**
 * What the server has verified, once it has: other passages were given to the model, but the text does
 * not rest on them, and the quotes are now those that support it.
 */
function verified(sources: Source[], data: Fields | null): Source[] {
  if (data === null || !Array.isArray(data.cited)) return sources;
  const quotes = new Map(
    list(data.cited)
      .map(fields)
      .map(({ n, quote }) => [n, text(quote)]),
  );
  return sources
    .filter(({ n }) => quotes.has(n))
    .map((source) => ({ ...source, quote: quotes.get(source.n) ?? source.quote }));
}

/** Make sense of the parts of one reply; what is unknown or broken is left out. */
export function readParts(parts: readonly RawPart[]): Parts {
  const sources: Source[] = [];
  const calls = new Map<string, ToolCall>();
  let verdict: Fields | null = null;
  for (const part of parts) {
    const type = text(part.type) ?? "";
    if (type.startsWith("source")) sources.push(readSource(part, sources.length));
    else if (type.startsWith("tool")) foldTool(calls, part);
    else if (type === "data-grounding") verdict = fields(part.data);
    else if (type === "grounding") verdict = part;
  }
  return {
    sources: verified(sources, verdict).sort((a, b) => a.n - b.n),
    tools: [...calls.values()],
    grounding: verdict && readGrounding(verdict),
  };
}

/** The numbers that a text cites, such as 1 and 3 of "… [1][3].", in the order of their first use. */
export function citedNumbers(message: string): number[] {
  const found = [...message.matchAll(/\[(\d{1,2})\]/gu)].map((match) => Number(match[1]));
  return [...new Set(found)];
}

/**
 * Cut a piece of text at its markers: `["See ", 1, "."]` of "See [1].".
 *
 * Only numbers that `isKnown` accepts become markers; any other bracket stays text.
 */
export function splitAtMarkers(
  piece: string,
  isKnown: (n: number) => boolean,
): (string | number)[] {
  const cut: (string | number)[] = [];
  let from = 0;
  for (const match of piece.matchAll(/\[(\d{1,2})\]/gu)) {
    const n = Number(match[1]);
    if (!isKnown(n)) continue;
    if (match.index > from) cut.push(piece.slice(from, match.index));
    cut.push(n);
    from = match.index + match[0].length;
  }
  if (from < piece.length) cut.push(piece.slice(from));
  return cut;
}
