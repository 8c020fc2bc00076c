import { EmptyState, PageHeader } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { MessagesSquareIcon } from "lucide-react";
import { CursorList, RowSkeleton } from "@/components/cursor-list";
import { NothingMatches, ToAgents } from "@/components/nothing-here";
import { Page } from "@/components/page";
import { formatNumber } from "@/lib/format";
import { usePageTitle } from "@/lib/page-title";
import { useRowKeys } from "@/lib/use-row-keys";
import { FilterBar } from "./conversation-filters";
import { ConversationRow } from "./conversation-row";
import { type ConversationFilters, isFiltered } from "./filters";
import { conversationListQuery } from "./queries";
import { HeldSection } from "./reviews/held-section";

export function ConversationsPage({ filters }: { filters: ConversationFilters }) {
  usePageTitle("Conversations");
  useRowKeys();
  const list = useInfiniteQuery({
    ...conversationListQuery(filters),
    placeholderData: (previous) => previous,
  });
  return (
    <Page className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Conversations"
        description="Every conversation with your agents, as it happens."
      />
      <HeldSection />
      <FilterBar filters={filters} />
      <CursorList
        list={list}
        what="the conversations"
        label="Conversations"
        empty={<NothingHere filters={filters} />}
        skeleton={<RowSkeleton what="the conversations" rows={6} />}
        head={<ColumnHeads />}
        count={(rows) => (rows === 1 ? "1 conversation" : `${formatNumber(rows)} conversations`)}
        isEndless
      >
        {(conversation) => <ConversationRow conversation={conversation} />}
      </CursorList>
    </Page>
  );
}

function ColumnHeads() {
  return (
    <div
      aria-hidden="true"
      className="mb-2 hidden grid-cols-[minmax(0,1fr)_9rem_6.5rem_4.25rem_7.5rem] gap-x-6 px-4 font-medium text-muted-foreground text-xs md:grid"
    >
      <span>Conversation</span>
      <span>Agent</span>
      <span>Channel</span>
      <span className="text-right">Messages</span>
      <span className="text-right">Last activity</span>
    </div>
  );
}

function NothingHere({ filters }: { filters: ConversationFilters }) {
  if (isFiltered(filters))
    return <NothingMatches what="conversation" to="/dashboard/conversations" />;
  return (
    <EmptyState
      icon={MessagesSquareIcon}
      title="No conversations yet"
      description="They appear here as soon as somebody talks to one of your agents: on a website, through the API or in the playground."
      action={<ToAgents />}
    />
  );
}
