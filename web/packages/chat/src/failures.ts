import type { TurnError } from "./frames.ts";
import { NetworkError, ProblemError } from "./problems.ts";

/** A failure in the words of a turn error, so that the screen has one kind of failure to show. */
export function describeFailure(error: unknown): TurnError {
  if (error instanceof ProblemError) {
    return { code: error.code, message: error.message, retryable: error.retryable };
  }
  const code = error instanceof NetworkError ? "network.unreachable" : "client.failed";
  return { code, message: error instanceof Error ? error.message : String(error), retryable: true };
}
