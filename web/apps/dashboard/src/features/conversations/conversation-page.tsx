import { ApiError, type Conversation, messageOf } from "@medea/api";
import {
  Button,
  EmptyState,
  PageHeader,
  Skeleton,
  tabClassName,
  tabListClassName,
  toast,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRightIcon, SearchXIcon, SquareIcon } from "lucide-react";
import type { ReactNode } from "react";
import { BackLink } from "@/components/back-link";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { usePageTitle } from "@/lib/page-title";
import { isRefusal } from "@/lib/query-client";
import { useCan } from "@/lib/session";
import { ConversationFacts } from "./conversation-facts";
import { ConversationMarks } from "./conversation-marks";
import { titleOf } from "./conversation-row";
import { EventTimeline } from "./event-timeline";
import { conversationQuery, useCancelTurn } from "./queries";
import { RenameTitle } from "./rename-title";
import { Transcript } from "./transcript";

export interface ConversationPageProps {
  id: string;
  view: "transcript" | "events";
}

export function ConversationPage({ id, view }: ConversationPageProps) {
  const query = useQuery(conversationQuery(id));
  usePageTitle(query.data ? titleOf(query.data) : null, "Conversations");
  if (query.isPending) return <PageSkeleton />;
  if (query.isLoadingError || isRefusal(query.error))
    return <Unavailable error={query.error} onRetry={() => void query.refetch()} />;
  const conversation = query.data;
  return (
    <Page>
      <PageHeader
        eyebrow={toList}
        title={<RenameTitle conversation={conversation} />}
        meta={<ConversationMarks conversation={conversation} />}
        actions={<StopButton conversation={conversation} />}
      />
      <nav aria-label="Views" className={`mt-4 ${tabListClassName}`}>
        <ViewLink id={id} view="transcript">
          Transcript
        </ViewLink>
        <ViewLink id={id} view="events">
          Events
        </ViewLink>
      </nav>
      <div className="mt-6 grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_13.5rem] lg:gap-12">
        <details className="group rounded-xl border lg:hidden">
          <summary className="focus-mark flex min-h-11 list-none items-center gap-2 rounded-xl px-4 font-medium text-sm [&::-webkit-details-marker]:hidden">
            <ChevronRightIcon className="size-4 text-muted-foreground transition-transform group-open:rotate-90" />
            About this conversation
          </summary>
          <div className="px-4 pt-1 pb-4">
            <ConversationFacts conversation={conversation} />
          </div>
        </details>
        <aside
          aria-label="About this conversation"
          className="sticky top-6 order-2 hidden self-start border-l pl-6 lg:block"
        >
          <ConversationFacts conversation={conversation} />
        </aside>
        <section className="min-w-0" aria-label={view === "events" ? "Events" : "Transcript"}>
          <h2 tabIndex={-1} className="sr-only">
            {view === "events" ? "Events" : "Transcript"}
          </h2>
          {view === "events" ? (
            <EventTimeline conversation={conversation} />
          ) : (
            <Transcript conversation={conversation} />
          )}
        </section>
      </div>
    </Page>
  );
}

const toList = <BackLink to="/dashboard/conversations">Conversations</BackLink>;

interface ViewLinkProps extends ConversationPageProps {
  children: ReactNode;
}

function ViewLink({ id, view, children }: ViewLinkProps) {
  return (
    <Link
      to="/dashboard/conversations/$conversationId"
      params={{ conversationId: id }}
      search={view === "events" ? { view } : {}}
      replace
      className={tabClassName}
      activeOptions={{ exact: true, includeSearch: true }}
    >
      {children}
    </Link>
  );
}

function StopButton({ conversation }: { conversation: Conversation }) {
  const canChat = useCan("conversations:chat");
  const cancel = useCancelTurn(conversation.id);
  const turnId = conversation.active_turn_id;
  if (!turnId || !canChat) return null;
  return (
    <Button
      variant="outline"
      size="sm"
      loading={cancel.isPending}
      onClick={() => cancel.mutate(turnId, { onError: (error) => toast.error(messageOf(error)) })}
    >
      {cancel.isPending ? null : <SquareIcon className="size-3 fill-current" />}
      Stop the reply
    </Button>
  );
}

function Unavailable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Page className="grid grid-cols-1 gap-6">
      {toList}
      <h1 className="sr-only">Conversation</h1>
      {error instanceof ApiError && error.isNotFound ? (
        <EmptyState
          icon={SearchXIcon}
          title="No such conversation"
          description="It may have been deleted, or it belongs to another workspace."
          action={
            <Button asChild variant="outline" size="sm">
              <Link to="/dashboard/conversations">All conversations</Link>
            </Button>
          }
        />
      ) : (
        <LoadFailure error={error} what="the conversation" onRetry={onRetry} />
      )}
    </Page>
  );
}

function PageSkeleton() {
  return (
    <Page className="grid grid-cols-1 gap-6">
      <h1 className="sr-only">Conversation</h1>
      <div className="grid gap-2" role="status" aria-label="Loading the conversation">
        <Skeleton className="h-4 w-28" />
        <Skeleton className="h-7 w-72" />
      </div>
      <Skeleton className="h-px w-full" />
      <Skeleton className="ml-auto h-11 w-2/5 rounded-xl" />
      <Skeleton className="h-24 w-3/5" />
    </Page>
  );
}
