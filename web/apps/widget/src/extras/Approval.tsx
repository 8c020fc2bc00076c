import type { ChatMessage } from "@medea/chat";
import type { ToolCall } from "@medea/chat/parts";
import type { ChatVerbs } from "../components/Chat.tsx";
import { useAnswer } from "./answer.ts";
import { toolName, words } from "./words.ts";

interface ApprovalProps {
  call: ToolCall;
  message: ChatMessage;
  verbs: ChatVerbs;
}

/** Asks the visitor before something is done in their name. */
export function Approval({ call, message, verbs }: ApprovalProps) {
  const text = words();
  const { isSending, problem, send } = useAnswer(message, verbs);
  const answer = (approved: boolean) => void send("approvals", { tool_call_id: call.id, approved });
  const details = readable(call.input);
  const id = `ask-${call.id}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be laid out with the rest.
    <div className="ask" role="group" aria-labelledby={id}>
      <p id={id}>{text.ask(toolName(call.name, call.title))}</p>
      {details.length > 0 ? (
        <dl className="ask-details">
          {details.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {problem ? <p role="alert">{problem}</p> : null}
      <div className="ask-buttons">
        <button type="button" className="ask-yes" disabled={isSending} onClick={() => answer(true)}>
          {text.allow}
        </button>
        <button
          type="button"
          className="text-button"
          disabled={isSending}
          onClick={() => answer(false)}
        >
          {text.deny}
        </button>
      </div>
    </div>
  );
}

/** What the tool would be given, in pairs of plain words. */
function readable(input: unknown): [string, string][] {
  if (typeof input !== "object" || input === null) return [];
  return Object.entries(input).map(([name, value]) => [
    name.replaceAll("_", " "),
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
}
