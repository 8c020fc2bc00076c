import type { Conversation, Message } from "@medea/api";
import { Badge, CopyButton } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatMoment, formatNumber, formatUsd } from "@/lib/format";
import { channelLabel } from "./filters";
import { messagesQuery } from "./queries";

/** Where a conversation came from and what it cost so far. */
export function ConversationFacts({ conversation }: { conversation: Conversation }) {
  const messages = useInfiniteQuery(messagesQuery(conversation.id));
  const loaded = messages.data?.pages.flatMap((page) => page.data) ?? [];
  const totals = totalsOf(loaded);
  // With earlier messages not loaded yet, the sums are only a lower bound.
  const atLeast = messages.hasNextPage ? "over " : "";
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-4 text-sm lg:grid-cols-1">
      <Fact label="Agent">
        <Link
          to="/dashboard/agents/$agentId"
          params={{ agentId: conversation.agent.id }}
          className="focus-mark rounded-sm font-medium underline-offset-4 hover:underline"
        >
          {conversation.agent.name}
        </Link>
      </Fact>
      <Fact label="Channel">
        <Badge variant="outline">{channelLabel(conversation.channel)}</Badge>
      </Fact>
      <Fact label="Started">{formatMoment(conversation.created_at)}</Fact>
      <Fact label="Messages">{formatNumber(conversation.message_count)}</Fact>
      {totals.tokens > 0 ? (
        <Fact label="Tokens">
          {atLeast}
          {formatNumber(totals.tokens)}
        </Fact>
      ) : null}
      {totals.cost === null ? null : (
        <Fact label="Cost">
          {atLeast}
          {formatUsd(totals.cost)}
        </Fact>
      )}
      {conversation.visitor_id ? <Id label="Visitor" value={conversation.visitor_id} /> : null}
      <Id label="Conversation" value={conversation.id} />
    </dl>
  );
}

export function totalsOf(messages: Message[]): { tokens: number; cost: number | null } {
  let tokens = 0;
  let cost: number | null = null;
  for (const { usage, cost_usd } of messages) {
    if (usage) tokens += usage.input_tokens + usage.output_tokens;
    if (cost_usd !== null) cost = (cost ?? 0) + cost_usd;
  }
  return { tokens, cost };
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 grid-cols-1 gap-0.5">
      <dt className="text-muted-foreground text-xs">{label}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

function Id({ label, value }: { label: string; value: string }) {
  return (
    <div className="grid min-w-0 grid-cols-1 gap-0.5">
      <dt className="text-muted-foreground text-xs">{label}</dt>
      <dd className="flex min-w-0 items-center gap-0.5">
        <code className="truncate font-mono text-2xs" title={value}>
          {value}
        </code>
        <CopyButton value={value} label={`Copy ${label.toLowerCase()} id`} />
      </dd>
    </div>
  );
}
