import type { Conversation } from "@medea/api";
import { Badge, RelativeTime } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { plainText } from "@/components/markdown";
import { ConversationMarks } from "./conversation-marks";
import { channelLabel } from "./filters";

/** What a conversation is called where nobody named it. */
export const titleOf = (conversation: Conversation): string =>
  conversation.title ?? "Untitled conversation";

export function ConversationRow({ conversation }: { conversation: Conversation }) {
  const count = conversation.message_count;
  return (
    <li className="[contain-intrinsic-size:auto_4.25rem] [content-visibility:auto]">
      <Link
        to="/dashboard/conversations/$conversationId"
        params={{ conversationId: conversation.id }}
        data-list-row
        className="focus-mark grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 gap-y-1 px-4 py-3 -outline-offset-2 transition-colors hover:bg-muted/60 md:grid-cols-[minmax(0,1fr)_9rem_6.5rem_4.25rem_7.5rem]"
      >
        <span className="contents min-w-0 md:block">
          <span className="flex min-w-0 items-center gap-2">
            <span dir="auto" className="truncate font-medium">
              {titleOf(conversation)}
            </span>
            <ConversationMarks conversation={conversation} />
          </span>
          <span dir="auto" className="col-span-2 block truncate text-muted-foreground text-sm">
            {plainText(conversation.last_message_preview ?? "") || "No messages yet"}
          </span>
        </span>
        <span dir="auto" className="hidden truncate text-sm md:block">
          {conversation.agent.name}
        </span>
        <span className="hidden md:block">
          <Badge variant="outline">{channelLabel(conversation.channel)}</Badge>
        </span>
        <span className="hidden text-right text-muted-foreground text-sm tabular-nums md:block">
          {count}
          <span className="sr-only">{count === 1 ? " message" : " messages"}</span>
        </span>
        <RelativeTime
          at={conversation.updated_at}
          className="col-start-2 row-start-1 whitespace-nowrap text-right text-muted-foreground text-sm md:col-start-auto md:row-start-auto"
        />
        <span className="col-span-2 flex items-center gap-2 text-muted-foreground text-xs md:hidden">
          <span className="truncate">{conversation.agent.name}</span>
          <Badge variant="outline">{channelLabel(conversation.channel)}</Badge>
          <span className="tabular-nums">
            {count} {count === 1 ? "message" : "messages"}
          </span>
        </span>
      </Link>
    </li>
  );
}
