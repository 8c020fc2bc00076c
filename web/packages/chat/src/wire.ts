/** Shapes of the public API that the chat needs, as the server writes them. */
/** `waiting`: the reply goes on once the visitor has answered what it asks. */
export type MessageStatus =
  | "complete"
  | "streaming"
  | "queued"
  | "waiting"
  | "failed"
  | "cancelled";
export type Rating = "up" | "down";

export interface WireMessage {
  id: string;
  role: "user" | "assistant";
  text: string;
  status: MessageStatus;
  turn_id: string | null;
  error: { code: string; message: string } | null;
  model: string | null;
  usage: { input_tokens: number; output_tokens: number } | null;
  cost_usd: string | number | null;
  feedback: Rating | null;
  created_at: string;
  /** Sources, tools and grounding of a reply; see `readParts`. */
  parts?: readonly Readonly<Record<string, unknown>>[] | null;
}

export interface WireConversation {
  id: string;
  title: string | null;
  status: "open" | "closed";
  active_turn_id: string | null;
  message_count: number;
  created_at: string;
  updated_at: string;
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

export interface TurnAccepted {
  turn_id: string;
  message_id: string;
  conversation_id: string;
}

export interface WireTurn {
  id: string;
  conversation_id: string;
  message_id: string;
  status: "queued" | "running" | "waiting" | "completed" | "failed" | "cancelled";
}

/** RFC 9457 problem document with Medea's stable `code`. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  errors?: { field: string; message: string; code: string }[];
  [extra: string]: unknown;
}
