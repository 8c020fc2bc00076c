import type { Conversation } from "@medea/api";
import { Badge } from "@medea/ui";
import { HandIcon, HourglassIcon } from "lucide-react";
import { AnsweringMark } from "./answering-mark";

const AWAITED = { visitor: "Waits for the visitor", review: "Waits for approval" } as const;

/** Where a conversation stands: whom its open turn waits for, or that it is being answered. */
export function ConversationMarks({ conversation }: { conversation: Conversation }) {
  return (
    <>
      <TurnMark conversation={conversation} />
      {conversation.is_handed_over ? (
        <Badge variant="info" title="The agent asked for a person to take over">
          <HandIcon aria-hidden="true" />
          Handed over
        </Badge>
      ) : null}
    </>
  );
}

function TurnMark({ conversation }: { conversation: Conversation }) {
  if (!conversation.active_turn_id) return null;
  if (!conversation.waits_for) return <AnsweringMark />;
  return (
    <Badge variant="warning">
      <HourglassIcon aria-hidden="true" />
      {AWAITED[conversation.waits_for]}
    </Badge>
  );
}
