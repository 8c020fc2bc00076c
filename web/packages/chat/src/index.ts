/** Headless chat: stream decoder, reducer, resuming client and hooks; no styling. */
export { ChatClient, type ClientOptions } from "./client.ts";
export { describeFailure } from "./failures.ts";
export { type Frame, parseFrame, type RawPart, type TurnError } from "./frames.ts";
export { NetworkError, ProblemError, problemFrom } from "./problems.ts";
export { useChat } from "./react.ts";
export { SseDecoder, type SseEvent } from "./sse.ts";
export {
  applyFrame,
  type ChatMessage,
  type ChatState,
  chatReducer,
  emptyChat,
  fromWire,
  isRunning,
} from "./state.ts";
export { ChatStore, type ChatStoreOptions } from "./store.ts";
export { type FollowOptions, followTurn, type TurnListener, type TurnSource } from "./turn.ts";
export type {
  MessageStatus,
  Page,
  Problem,
  Rating,
  WireConversation,
  WireMessage,
  WireTurn,
} from "./wire.ts";
