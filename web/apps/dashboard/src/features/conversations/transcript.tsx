import type { Conversation, Message } from "@medea/api";
import { Button, EmptyState, Skeleton } from "@medea/ui";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { MessageSquareIcon } from "lucide-react";
import { useEffect } from "react";
import { LoadFailure } from "@/components/load-failure";
import { messagesQuery } from "./queries";
import { TranscriptMessage } from "./transcript-message";
import { type LiveReply, useLiveReply } from "./use-live-reply";

export function Transcript({ conversation }: { conversation: Conversation }) {
  const { id, active_turn_id, message_count } = conversation;
  const queries = useQueryClient();
  const messages = useInfiniteQuery(messagesQuery(id));
  const live = useLiveReply(id, active_turn_id);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn or message is the reason to read.
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: messagesQuery(id).queryKey });
  }, [active_turn_id, message_count]);

  if (messages.isPending) return <TranscriptSkeleton />;
  if (messages.isLoadingError) {
    return (
      <LoadFailure
        error={messages.error}
        what="the transcript"
        onRetry={() => void messages.refetch()}
      />
    );
  }
  const stored = messages.data.pages.flatMap((page) => page.data).reverse();
  const shown = withLive(stored, live);
  if (shown.length === 0) {
    return (
      <EmptyState
        icon={MessageSquareIcon}
        title="Nothing was said yet"
        description="The conversation was opened, but no message came."
      />
    );
  }
  return (
    <div className="grid grid-cols-1 gap-6">
      {messages.hasNextPage ? (
        <Button
          variant="outline"
          size="sm"
          className="justify-self-center"
          loading={messages.isFetchingNextPage}
          onClick={() => void messages.fetchNextPage()}
        >
          Show earlier messages
        </Button>
      ) : null}
      <ol className="grid grid-cols-1 gap-6">
        {shown.map((message) => (
          <TranscriptMessage
            key={message.id}
            message={message}
            conversation={conversation}
            isLost={live?.isConnected === false && message.turn_id === active_turn_id}
          />
        ))}
      </ol>
    </div>
  );
}

/** The stored messages with the growing text of the reply that is being written. */
export function withLive(stored: Message[], live: LiveReply | null): Message[] {
  if (live === null) return stored;
  const { text, status, error, turnId, parts } = live.message;
  const isWriting = status === "streaming" || status === "queued";
  const at = stored.findIndex(
    (message) => message.role === "assistant" && message.turn_id === turnId,
  );
  const known = stored[at];
  if (known) {
    if (known.status !== "streaming" && known.status !== "queued") return stored;
    const grown: Message = {
      ...known,
      text: text || known.text,
      status: isWriting ? status : known.status,
      error,
      parts: [...parts],
    };
    return stored.map((message, index) => (index === at ? grown : message));
  }
  if (!isWriting) return stored;
  return [
    ...stored,
    {
      id: live.message.id ?? `live-${turnId}`,
      role: "assistant",
      text,
      status,
      turn_id: turnId,
      error,
      model: null,
      usage: null,
      cost_usd: null,
      feedback: null,
      feedback_comment: null,
      parts: [...parts],
      created_at: new Date().toISOString(),
    },
  ];
}

function TranscriptSkeleton() {
  return (
    <div className="grid gap-6" role="status" aria-label="Loading the transcript">
      {["a", "b", "c"].map((row) => (
        <div key={row} className="grid gap-6">
          <Skeleton className="ml-auto h-11 w-2/5 rounded-xl" />
          <div className="flex gap-3">
            <Skeleton className="size-7 rounded-full" />
            <div className="grid flex-1 gap-2">
              <Skeleton className="h-4 w-full" />
              <Skeleton className="h-4 w-11/12" />
              <Skeleton className="h-4 w-3/5" />
            </div>
          </div>
        </div>
      ))}
    </div>
  );
}
