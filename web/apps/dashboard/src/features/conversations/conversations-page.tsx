import { Button, Card, EmptyState, PageHeader, Skeleton } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MessagesSquareIcon, SearchXIcon } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { LoadMore } from "@/components/load-more";
import { Page } from "@/components/page";
import { usePageTitle } from "@/lib/page-title";
import { useRowKeys } from "@/lib/use-row-keys";
import { FilterBar } from "./conversation-filters";
import { ConversationRow } from "./conversation-row";
import { type ConversationFilters, isFiltered } from "./filters";
import { conversationListQuery } from "./queries";

export function ConversationsPage({ filters }: { filters: ConversationFilters }) {
  usePageTitle("Conversations");
  useRowKeys();
  const list = useInfiniteQuery({
    ...conversationListQuery(filters),
    placeholderData: (previous) => previous,
  });
  const rows = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Conversations"
        description="Every conversation with your agents, as it happens."
      />
      <FilterBar filters={filters} />
      {list.isPending ? (
        <ListSkeleton />
      ) : list.isError ? (
        <LoadFailure
          error={list.error}
          what="the conversations"
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <NothingHere filters={filters} />
      ) : (
        <div
          className={
            list.isPlaceholderData ? "opacity-60 transition-opacity" : "transition-opacity"
          }
        >
          <ColumnHeads />
          <Card className="overflow-hidden">
            <ul className="divide-y" aria-label="Conversations">
              {rows.map((conversation) => (
                <ConversationRow key={conversation.id} conversation={conversation} />
              ))}
            </ul>
          </Card>
          {list.hasNextPage ? (
            <LoadMore
              isLoading={list.isFetchingNextPage}
              onLoad={() => {
                if (!list.isFetching) void list.fetchNextPage();
              }}
            />
          ) : (
            <p className="mt-4 text-center text-muted-foreground text-xs">
              {rows.length === 1 ? "1 conversation" : `${rows.length} conversations`}
            </p>
          )}
        </div>
      )}
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
  if (isFiltered(filters)) {
    return (
      <EmptyState
        icon={SearchXIcon}
        title="Nothing matches"
        description="No conversation fits these filters."
        action={
          <Button asChild variant="outline" size="sm">
            <Link to="/dashboard/conversations">Clear filters</Link>
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={MessagesSquareIcon}
      title="No conversations yet"
      description="They appear here as soon as somebody talks to one of your agents: on a website, through the API or in the playground."
      action={
        <Button asChild size="sm">
          <Link to="/dashboard/agents">Go to your agents</Link>
        </Button>
      }
    />
  );
}

function ListSkeleton() {
  return (
    <Card className="divide-y" role="status" aria-label="Loading conversations">
      {["a", "b", "c", "d", "e", "f"].map((row) => (
        <div key={row} className="flex items-center gap-6 px-4 py-3">
          <div className="grid flex-1 gap-2 py-0.5">
            <Skeleton className="h-4 w-1/3" />
            <Skeleton className="h-4 w-2/3" />
          </div>
          <Skeleton className="hidden h-4 w-28 md:block" />
          <Skeleton className="h-4 w-20" />
        </div>
      ))}
    </Card>
  );
}
