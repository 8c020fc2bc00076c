import type { Conversation } from "@medea/api";
import { Badge, EmptyState, RelativeTime, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { firstConversations } from "./use-set-up";

const CHANNELS = {
  widget: "Website",
  playground: "Playground",
  api: "API",
  openai: "OpenAI API",
  mcp: "MCP",
  agui: "AG-UI",
};

export function RecentConversations() {
  const conversations = useQuery(firstConversations(undefined, 6));
  return (
    <section aria-labelledby="recent" className="rounded-xl border bg-card shadow-xs">
      <div className="flex items-center justify-between gap-3 px-5 py-4">
        <h2 id="recent" className="font-semibold text-base">
          Recent conversations
        </h2>
        <Link
          to="/dashboard/conversations"
          className="focus-mark touch-target inline-flex items-center rounded-sm text-muted-foreground text-xs hover:text-foreground"
        >
          All conversations
        </Link>
      </div>
      {conversations.isPending ? (
        <div aria-busy="true" className="grid gap-4 border-t p-5">
          {[1, 2, 3, 4].map((n) => (
            <Skeleton key={n} className="h-9" />
          ))}
        </div>
      ) : conversations.isLoadingError ? (
        <div className="p-5 pt-0">
          <LoadFailure
            error={conversations.error}
            what="the conversations"
            onRetry={() => void conversations.refetch()}
          />
        </div>
      ) : conversations.data.data.length === 0 ? (
        <EmptyState
          bare
          className="border-t"
          icon={MessagesSquare}
          title="Quiet so far"
          description="Conversations from your website, the playground and the API appear here."
        />
      ) : (
        <ul className="divide-y border-t">
          {conversations.data.data.map((conversation) => (
            <ConversationLine key={conversation.id} conversation={conversation} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ConversationLine({ conversation }: { conversation: Conversation }) {
  const { id, title, last_message_preview, agent, channel, updated_at } = conversation;
  return (
    <li>
      <Link
        to="/dashboard/conversations/$conversationId"
        params={{ conversationId: id }}
        className="focus-mark flex items-center gap-3 px-5 py-3 -outline-offset-2 transition-colors hover:bg-accent/50"
      >
        <span className="min-w-0 flex-1">
          <span dir="auto" className="block truncate font-medium text-sm">
            {title || last_message_preview || "No messages yet"}
          </span>
          <span className="block truncate text-muted-foreground text-xs">{agent.name}</span>
        </span>
        <Badge variant="outline">{CHANNELS[channel]}</Badge>
        <RelativeTime
          at={updated_at}
          className="w-24 shrink-0 whitespace-nowrap text-right text-muted-foreground text-xs max-sm:hidden"
        />
      </Link>
    </li>
  );
}
