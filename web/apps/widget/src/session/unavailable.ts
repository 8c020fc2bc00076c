import { NetworkError, ProblemError } from "@medea/chat";
import { strings } from "../strings/index.ts";

/** Why there is no chat at all, and whether trying again can help. */
export function explainUnavailable(error: unknown): { text: string; canRetry: boolean } {
  const { unavailable } = strings();
  if (error instanceof NetworkError) return { text: unavailable.network, canRetry: true };
  if (!(error instanceof ProblemError)) return { text: unavailable.generic, canRetry: true };
  if (error.status === 404) return { text: unavailable.missing, canRetry: false };
  if (error.code === "tenancy.origin_not_allowed") {
    return { text: unavailable.origin, canRetry: false };
  }
  if (error.status === 401 || error.status === 403 || error.status === 422) {
    return { text: unavailable.key, canRetry: false };
  }
  return { text: unavailable.generic, canRetry: true };
}
