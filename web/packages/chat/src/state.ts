import type { Frame, RawPart, TurnError } from "./frames.ts";
import { randomKey } from "./keys.ts";
import type { MessageStatus, Rating, WireMessage } from "./wire.ts";

/** A message as the screen shows it. `key` is stable for its whole life, before and after it has an id. */
export interface ChatMessage {
  key: string;
  id: string | null;
  role: "user" | "assistant";
  text: string;
  /** `sending` and `unsent` exist only here: the server does not have the message (yet). */
  status: MessageStatus | "sending" | "unsent";
  turnId: string | null;
  error: TurnError | null;
  feedback: Rating | null;
  createdAt: string;
  /** Sources, tools and grounding as they came; `readParts` makes sense of them. */
  parts: readonly RawPart[];
}

export interface ChatState {
  conversationId: string | null;
  messages: ChatMessage[];
  /** Key of the assistant message being answered right now. */
  answering: string | null;
  stopping: boolean;
  connection: "online" | "offline" | "reconnecting";
  /** Where older messages go on; null when there are none. */
  earlier: string | null;
  loading: "none" | "history" | "earlier";
  /** A failure that belongs to no message. */
  problem: TurnError | null;
}

export const emptyChat: ChatState = {
  conversationId: null,
  messages: [],
  answering: null,
  stopping: false,
  connection: "online",
  earlier: null,
  loading: "none",
  problem: null,
};

export type ChatAction =
  | { type: "patch"; patch: Partial<Omit<ChatState, "messages">> }
  | { type: "connection"; lost: boolean }
  | { type: "loaded"; page: WireMessage[]; earlier: string | null }
  | { type: "loaded-earlier"; page: WireMessage[]; earlier: string | null }
  | { type: "asked"; question: ChatMessage; reply: ChatMessage }
  | { type: "replying"; after: string | null; message: ChatMessage }
  | { type: "accepted"; key: string; turnId: string }
  | { type: "unsent"; key: string; replyKey: string; error: TurnError }
  | { type: "frames"; key: string; frames: Frame[] }
  | { type: "ended"; key: string }
  | { type: "broken"; key: string; error: TurnError }
  | { type: "put"; key: string; message: ChatMessage }
  | { type: "rated"; key: string; feedback: Rating | null };

/** The whole behaviour of a conversation on screen, without time, network or DOM. */
export function chatReducer(state: ChatState, action: ChatAction): ChatState {
  switch (action.type) {
    case "patch":
      return { ...state, ...action.patch };
    case "connection":
      return reconnecting(state, action.lost);
    case "loaded":
      return { ...state, messages: fromPage(action.page), earlier: action.earlier };
    case "loaded-earlier": {
      const known = new Set(state.messages.map((message) => message.id));
      const older = fromPage(action.page).filter((message) => !known.has(message.id));
      return { ...state, messages: [...older, ...state.messages], earlier: action.earlier };
    }
    case "asked":
      return { ...state, messages: [...state.messages, action.question, action.reply] };
    case "replying":
      return { ...state, messages: insertAfter(state.messages, action.after, action.message) };
    case "accepted":
      return acceptTurn(state, action.key, action.turnId);
    case "unsent":
      return update(
        {
          ...state,
          messages: state.messages.filter((message) => message.key !== action.replyKey),
        },
        action.key,
        (message) => ({ ...message, status: "unsent", error: action.error }),
      );
    case "frames":
      return update(state, action.key, (message) => action.frames.reduce(applyFrame, message));
    case "ended":
      return update(state, action.key, endMessage);
    case "broken":
      return update(state, action.key, (message) => ({
        ...message,
        status: "failed",
        error: action.error,
      }));
    case "put":
      return update(state, action.key, () => action.message);
    case "rated":
      return update(state, action.key, (message) => ({ ...message, feedback: action.feedback }));
  }
}

/** Fold one frame of the turn's stream into the reply it belongs to. */
export function applyFrame(message: ChatMessage, frame: Frame): ChatMessage {
  switch (frame.type) {
    case "start":
      return {
        ...message,
        id: frame.messageId ?? message.id,
        turnId: frame.messageMetadata?.turn_id ?? message.turnId,
        text: "",
        status: "streaming",
        error: null,
        parts: [],
      };
    case "text-delta":
      return { ...message, text: message.text + frame.delta, status: "streaming" };
    case "part":
      return { ...message, parts: [...message.parts, frame.part] };
    case "data-status":
      return { ...message, status: frame.data.status === "queued" ? "queued" : "streaming" };
    case "data-restart":
      // The attempt that wrote the text so far died; the new one begins from nothing.
      return { ...message, text: "", status: "streaming", error: null, parts: [] };
    case "data-error":
      return { ...message, status: "failed", error: frame.data };
    case "error":
      return {
        ...message,
        status: "failed",
        error: message.error ?? { code: "turn.failed", message: frame.errorText },
      };
    case "abort":
      return { ...message, status: "cancelled" };
    case "finish":
      return frame.messageMetadata?.finish_reason === "waiting"
        ? { ...message, status: "waiting" }
        : endMessage(message);
    default:
      return message;
  }
}

const endMessage = (message: ChatMessage): ChatMessage =>
  isRunning(message) ? { ...message, status: "complete" } : message;

/** Whether text may still arrive for this message. */
export const isRunning = (message: ChatMessage): boolean =>
  message.status === "streaming" || message.status === "queued" || message.status === "sending";

/** A lost connection to the answer; being offline altogether says more and stays. */
function reconnecting(state: ChatState, lost: boolean): ChatState {
  const connection = lost ? "reconnecting" : "online";
  if (state.connection === connection || (lost && state.connection === "offline")) return state;
  return { ...state, connection };
}

function insertAfter(
  messages: ChatMessage[],
  key: string | null,
  message: ChatMessage,
): ChatMessage[] {
  const at = messages.findIndex((known) => known.key === key);
  return at < 0 ? [...messages, message] : messages.toSpliced(at + 1, 0, message);
}

/** The turn is the server's now: the question before the reply is no longer in doubt. */
function acceptTurn(state: ChatState, key: string, turnId: string): ChatState {
  const at = state.messages.findIndex((message) => message.key === key);
  const messages = state.messages.map((message, index): ChatMessage => {
    if (index === at) return { ...message, turnId };
    if (index === at - 1 && message.status === "sending") return { ...message, status: "complete" };
    return message;
  });
  return { ...state, messages };
}

function update(
  state: ChatState,
  key: string,
  change: (message: ChatMessage) => ChatMessage,
): ChatState {
  return {
    ...state,
    messages: state.messages.map((message) => (message.key === key ? change(message) : message)),
  };
}

/** A message the server does not know yet. */
export function newMessage(role: ChatMessage["role"], text: string): ChatMessage {
  return {
    key: randomKey(),
    id: null,
    role,
    text,
    status: role === "user" ? "sending" : "queued",
    turnId: null,
    error: null,
    feedback: null,
    createdAt: new Date().toISOString(),
    parts: [],
  };
}

/** A page as the server gives it, newest first, in reading order. */
function fromPage(page: WireMessage[]): ChatMessage[] {
  return page.map(fromWire).reverse();
}

/** A stored message as the screen shows it. */
export function fromWire(message: WireMessage): ChatMessage {
  return {
    key: message.id,
    id: message.id,
    role: message.role,
    text: message.text,
    status: message.status,
    turnId: message.turn_id,
    error: message.error,
    feedback: message.feedback,
    createdAt: message.created_at,
    parts: message.parts ?? [],
  };
}
