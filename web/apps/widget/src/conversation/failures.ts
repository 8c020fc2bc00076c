import type { ChatMessage, TurnError } from "@medea/chat";
import type { Strings } from "../strings/en.ts";
import { strings } from "../strings/index.ts";

/** What is said of a code: the first that fits. */
const SAID: [RegExp, keyof Strings["failed"]][] = [
  [/too_many_(requests|waiting)|said_too_often/, "tooMany"],
  [/budget_exhausted/, "spent"],
  [/\.closed$/, "closed"],
  [/content_filtered/, "filtered"],
  [/context_too_long/, "full"],
  // The model or its provider is overloaded; nothing is broken.
  [/rate_limit|overloaded|unavailable|timeout|busy|circuit|disabled|too_many_running/, "busy"],
];

/** What a failed message says to the visitor, and what they can do. */
export const explainMessage = ({ status, error }: ChatMessage): string =>
  status === "unsent"
    ? explain(
        error,
        /^request\.(invalid|too)/.test(error?.code ?? "") ? "tooLong" : "unsent",
        "network",
      )
    : explain(error, "answer");

/** A failure that belongs to no message. */
export const explainProblem = (problem: TurnError): string => explain(problem, "generic");

function explain(
  error: TurnError | null,
  otherwise: keyof Strings["failed"],
  unreachable: keyof Strings["failed"] = "lost",
): string {
  const code = error?.code ?? "";
  const found = SAID.find(([pattern]) => pattern.test(code))?.[1] ?? otherwise;
  return strings().failed[code === "network.unreachable" ? unreachable : found];
}
