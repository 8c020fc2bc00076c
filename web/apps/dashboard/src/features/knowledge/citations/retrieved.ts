import type { StoredEvent } from "@medea/api";

/** A passage as the model was shown it. */
export interface ShownPassage {
  n: number;
  chunkId: string;
  documentId: string;
  documentName: string;
  page: number | null;
  headingPath: string[];
  text: string;
  score: number;
  scores: Record<string, number>;
}

/** What was searched for one reply, and what was found. */
export interface Retrieved {
  query: string;
  mode: string;
  notice: string | null;
  passages: ShownPassage[];
}

type Fields = Record<string, unknown>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function readPassage(value: unknown, index: number): ShownPassage {
  const data = fields(value);
  const scores = Object.entries(fields(data.scores)).filter(([, score]) => number(score) !== null);
  return {
    n: number(data.n) ?? index + 1,
    chunkId: text(data.chunk_id),
    documentId: text(data.document_id),
    documentName: text(data.document_name),
    page: number(data.page),
    headingPath: list(data.heading_path).map(text).filter(Boolean),
    text: text(data.text),
    score: number(data.score) ?? 0,
    scores: Object.fromEntries(scores) as Record<string, number>,
  };
}

/** The last search made for a turn: an attempt that died has made one, too. */
export function retrievedFor(events: readonly StoredEvent[], turnId: string): Retrieved | null {
  const found = events.findLast(
    (event) => event.name === "ContextRetrieved" && fields(event.data).turn_id === turnId,
  );
  if (!found) return null;
  const data = fields(found.data);
  return {
    query: text(data.query),
    mode: text(data.mode),
    notice: text(data.notice) || null,
    passages: list(data.passages).map(readPassage),
  };
}
