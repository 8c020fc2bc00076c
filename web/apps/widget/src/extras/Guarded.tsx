import type { ChatMessage, RawPart } from "@medea/chat";
import { words } from "./words.ts";

/** What a rule did to a reply, as a frame or a stored part says it. */
function actionOf(part: RawPart): unknown {
  if (part.type === "guardrail") return part.action;
  return part.type === "data-guardrail" ? (part.data as RawPart | null)?.action : null;
}

/** Whether somebody of the company looks at the answer before it is shown. */
export const isHeld = (message: ChatMessage): boolean =>
  message.status === "waiting" && message.parts.some((part) => actionOf(part) === "held");

/** That an answer is not what the model would have said: one quiet line. */
export function Guarded({ message }: { message: ChatMessage }) {
  const { guarded } = words();
  const actions = message.parts.map(actionOf);
  const line = actions.includes("refused")
    ? guarded.refused
    : isHeld(message)
      ? guarded.held
      : actions.includes("withheld")
        ? guarded.withheld
        : null;
  return line ? <p className="tools">{line}</p> : null;
}
