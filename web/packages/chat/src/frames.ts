/**
 * Frames of the AI SDK UI message stream v1 that Medea sends
 * (`packages/ai/src/ui-message-stream/ui-message-chunks.ts` in vercel/ai), and our own `data-*` parts.
 */
export interface StartMetadata {
  turn_id?: string;
  conversation_id?: string;
  agent_version?: number | null;
}

export interface FinishMetadata {
  usage?: { input_tokens: number; output_tokens: number } | null;
  model?: string | null;
  finish_reason?: string | null;
}

export interface TurnError {
  code: string;
  message: string;
  retryable?: boolean;
}

export type Frame =
  | { type: "start"; messageId?: string; messageMetadata?: StartMetadata }
  | { type: "text-start"; id: string }
  | { type: "text-delta"; id: string; delta: string }
  | { type: "text-end"; id: string }
  | { type: "finish"; messageMetadata?: FinishMetadata }
  | { type: "data-status"; data: { status: "queued" | "running" } }
  | { type: "data-restart"; data: { attempt?: number } }
  | { type: "data-reconnect" }
  | { type: "data-error"; data: TurnError }
  | { type: "error"; errorText: string }
  | { type: "abort" }
  | { type: "part"; part: RawPart }
  | { type: "other"; name: string };

type Fields = Record<string, unknown>;

/**
 * A source, a tool's activity or what was found out about the text: kept as it came, and read by
 * `readParts` where it is shown.
 */
export type RawPart = Readonly<Fields>;

/** What a reply carries beside its text; pieces of a tool's input are of no use before it is whole. */
const PART = /^(?:source-|data-g|tool-(?!input-delta$))/;

const asText = (value: unknown): string => (typeof value === "string" ? value : "");
const asFields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

function statusFrame(data: Fields): Frame {
  return {
    type: "data-status",
    data: { status: data.status === "queued" ? "queued" : "running" },
  };
}

function restartFrame(data: Fields): Frame {
  return {
    type: "data-restart",
    data: typeof data.attempt === "number" ? { attempt: data.attempt } : {},
  };
}

function errorFrame(data: Fields): Frame {
  return {
    type: "data-error",
    data: {
      code: asText(data.code) || "turn.failed",
      message: asText(data.message),
      ...(typeof data.retryable === "boolean" ? { retryable: data.retryable } : {}),
    },
  };
}

function startFrame(json: Fields): Frame {
  const id = asText(json.messageId);
  return {
    type: "start",
    ...(id ? { messageId: id } : {}),
    messageMetadata: asFields(json.messageMetadata) as StartMetadata,
  };
}

/**
 * Read the data of one event as a frame. A type this client does not know becomes `other`, so that
 * a newer server can add frames; data that is not a JSON object with a type is null.
 */
export function parseFrame(data: string): Frame | null {
  let json: Fields;
  try {
    json = asFields(JSON.parse(data));
  } catch {
    return null;
  }
  const type = asText(json.type);
  switch (type) {
    case "start":
      return startFrame(json);
    case "text-start":
    case "text-end":
      return { type, id: asText(json.id) };
    case "text-delta":
      return { type, id: asText(json.id), delta: asText(json.delta) };
    case "finish":
      return { type, messageMetadata: asFields(json.messageMetadata) as FinishMetadata };
    case "data-status":
      return statusFrame(asFields(json.data));
    case "data-restart":
      return restartFrame(asFields(json.data));
    case "data-error":
      return errorFrame(asFields(json.data));
    case "error":
      return { type, errorText: asText(json.errorText) };
    case "abort":
    case "data-reconnect":
      return { type };
    default:
      if (PART.test(type)) return { type: "part", part: json };
      return type ? { type: "other", name: type } : null;
  }
}
