import type { Conversation, Message } from "@medea/api";
import { Badge } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { HandIcon, HourglassIcon } from "lucide-react";
import { AnsweringMark } from "./answering-mark";
import { messagesQuery } from "./queries";

/** Where a conversation stands, as far as the conversation itself says it. */
export function ConversationMarks({ conversation }: { conversation: Conversation }) {
  return (
    <>
      {conversation.active_turn_id ? <AnsweringMark /> : null}
      {conversation.is_handed_over ? <HandedOverMark /> : null}
    </>
  );
}

/** The same with its messages at hand, which tell a reply that is written from one that waits. */
export function OpenConversationMarks({ conversation }: { conversation: Conversation }) {
  const messages = useInfiniteQuery(messagesQuery(conversation.id)).data?.pages[0]?.data ?? [];
  const awaited = awaitedBy(conversation.active_turn_id, messages);
  if (!awaited) return <ConversationMarks conversation={conversation} />;
  return (
    <>
      <Badge variant="warning">
        <HourglassIcon aria-hidden="true" />
        {awaited}
      </Badge>
      {conversation.is_handed_over ? <HandedOverMark /> : null}
    </>
  );
}

/** What the open turn waits for, in words; null where it is being answered or there is none. */
export function awaitedBy(turnId: string | null, messages: Message[]): string | null {
  const waiting = messages.find((it) => it.turn_id === turnId && it.status === "waiting");
  if (!waiting || turnId === null) return null;
  return waiting.parts.some(({ type }) => type === "held")
    ? "Waits for approval"
    : "Waits for the visitor";
}

function HandedOverMark() {
  return (
    <Badge variant="info" title="The agent asked for a person to take over">
      <HandIcon aria-hidden="true" />
      Handed over
    </Badge>
  );
}
