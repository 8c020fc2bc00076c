import type { ChatMessage, TurnError } from "@medea/chat";
import { strings } from "../strings/index.ts";

/** Codes that mean the model or its provider is overloaded, not that anything is broken. */
const BUSY = /rate_limit|overloaded|unavailable|timeout|busy/;

const TOO_MANY = new Set(["limits.too_many_requests", "conversations.too_many_waiting"]);

/** What a failed message says to the visitor, and what they can do. */
export function explainMessage(message: ChatMessage): string {
  const { failed } = strings();
  const code = message.error?.code ?? "";
  if (TOO_MANY.has(code)) return failed.tooMany;
  if (code === "conversations.closed") return failed.closed;
  if (code === "llm.content_filtered") return failed.filtered;
  if (code === "llm.context_too_long") return failed.full;
  if (message.status === "unsent") {
    if (code === "network.unreachable") return failed.network;
    if (code === "request.invalid" || code === "request.too_large") return failed.tooLong;
    return failed.unsent;
  }
  if (code === "network.unreachable") return failed.lost;
  return BUSY.test(code) ? failed.busy : failed.answer;
}

/** A failure that belongs to no message. */
export function explainProblem(problem: TurnError): string {
  const { failed } = strings();
  if (TOO_MANY.has(problem.code)) return failed.tooMany;
  return problem.code === "network.unreachable" ? failed.lost : failed.generic;
}
