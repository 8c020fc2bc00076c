import { type ChatMessage, isRunning } from "@medea/chat";
import type { ToolCall } from "@medea/chat/parts";
import { read } from "./read.ts";
import { runningSentence, toolName, words } from "./words.ts";

const nameOf = ({ name, title }: ToolCall): string => toolName(name, title);

/** What is done, or was done, for the answer: one quiet line. */
export function Tools({ message }: { message: ChatMessage }) {
  const { tools } = read(message.parts);
  if (tools.length === 0) return null;
  const current = isRunning(message) && tools.findLast(({ state }) => state === "running");
  if (current) {
    return (
      <p className="tools is-busy" role="status">
        {runningSentence(current.name, current.title)}
      </p>
    );
  }
  const line = summary(tools);
  return line ? <p className="tools">{line}</p> : null;
}

const HAND_OVER = "hand_over";

/** "Used the calculator, a web page · Order search did not work". */
function summary(tools: ToolCall[]): string {
  const text = words();
  const names = (state: ToolCall["state"]) => [
    ...new Set(tools.filter((tool) => tool.state === state).map(nameOf)),
  ];
  const isDone = ({ name, state }: ToolCall) => state === "done" && name === HAND_OVER;
  const used = names("done").filter((name) => name !== text.names[HAND_OVER]);
  return [
    used.length > 0 ? text.used(used.join(", ")) : "",
    tools.some(isDone) ? text.handedOver : "",
    ...names("failed").map(text.failed),
    ...names("denied").map(text.denied),
  ]
    .filter(Boolean)
    .join(" · ");
}
