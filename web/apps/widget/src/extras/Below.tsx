import type { ChatMessage } from "@medea/chat";
import { readForm } from "@medea/chat/parts";
import type { ChatVerbs } from "../components/Chat.tsx";
import { Approval } from "./Approval.tsx";
import { Form } from "./Form.tsx";
import { Guarded, isHeld } from "./Guarded.tsx";
import { Held } from "./Held.tsx";
import { read } from "./read.ts";
import { Sources } from "./Sources.tsx";

interface BelowProps {
  message: ChatMessage;
  verbs: ChatVerbs;
}

/** What follows an answer's text: what it rests on, or what it asks before it goes on. */
export function Below({ message, verbs }: BelowProps) {
  if (isHeld(message)) return <Held message={message} verbs={verbs} />;
  if (message.status !== "waiting") {
    return (
      <>
        <Guarded message={message} />
        <Sources message={message} />
      </>
    );
  }
  return (
    <>
      {read(message.parts).tools.map((call) => {
        if (call.state === "approval") {
          return <Approval key={call.id} call={call} message={message} verbs={verbs} />;
        }
        // A stream ends with the call alone; a stored message says that it is a form.
        const isOpen = call.state === "form" || call.state === "running";
        const form = isOpen ? readForm(call.input) : null;
        return form ? (
          <Form key={call.id} form={form} call={call} message={message} verbs={verbs} />
        ) : null;
      })}
    </>
  );
}
