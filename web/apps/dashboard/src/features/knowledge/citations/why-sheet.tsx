import {
  EmptyState,
  Notice,
  Sheet,
  SheetContent,
  SheetDescription,
  SheetHeader,
  SheetTitle,
  Skeleton,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { api } from "@/lib/api";
import { ScoreBars } from "../hit-test/score-bars";
import { bestScores, formatScore } from "../hit-test/scores";
import { knowledgeKey } from "../queries";
import { placeOf } from "./place";
import { type Retrieved, retrievedFor, type ShownPassage } from "./retrieved";

interface WhySheetProps {
  conversationId: string;
  turnId: string;
  isOpen: boolean;
  onClose: () => void;
}

/** The very passages that the model was shown, as the event log has them. */
export function WhySheet({ conversationId, turnId, isOpen, onClose }: WhySheetProps) {
  return (
    <Sheet open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <SheetContent className="w-full max-w-none gap-5 sm:w-[min(38rem,calc(100%-2.5rem))]">
        <SheetHeader>
          <SheetTitle>Why this answer</SheetTitle>
          <SheetDescription>
            What the model was shown when it wrote, as the event log has it. Later changes of the
            documents do not change this.
          </SheetDescription>
        </SheetHeader>
        {isOpen ? <Why conversationId={conversationId} turnId={turnId} /> : null}
      </SheetContent>
    </Sheet>
  );
}

function Why({ conversationId, turnId }: Pick<WhySheetProps, "conversationId" | "turnId">) {
  const found = useQuery({
    queryKey: [...knowledgeKey, "why", conversationId, turnId],
    queryFn: () => findRetrieved(conversationId, turnId),
    staleTime: 30_000,
  });
  if (found.isPending) {
    return (
      <div className="grid grid-cols-1 gap-3" role="status" aria-label="Loading the passages">
        <Skeleton className="h-16" />
        <Skeleton className="h-32" />
        <Skeleton className="h-32" />
      </div>
    );
  }
  if (found.isLoadingError) {
    return (
      <LoadFailure error={found.error} what="the passages" onRetry={() => void found.refetch()} />
    );
  }
  if (found.data === null) {
    return (
      <EmptyState
        icon={SearchX}
        title="No search was recorded"
        description="This reply was written from the instructions alone."
      />
    );
  }
  return <Shown retrieved={found.data} />;
}

/** Read the log page by page until the search of the turn is found. */
async function findRetrieved(conversationId: string, turnId: string): Promise<Retrieved | null> {
  let found: Retrieved | null = null;
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor
      ? { limit: 100, cursor }
      : { limit: 100 };
    const page = await api.conversations.events(conversationId, query);
    found = retrievedFor(page.data, turnId) ?? found;
    cursor = page.next_cursor ?? null;
  } while (cursor);
  return found;
}

function Shown({ retrieved }: { retrieved: Retrieved }) {
  const { query, mode, notice, passages } = retrieved;
  const best = bestScores(passages);
  return (
    <>
      <div className="grid gap-1 text-sm">
        <h3 className="font-medium text-muted-foreground text-xs">Searched for</h3>
        <p className="whitespace-pre-wrap break-words">{query}</p>
      </div>
      {mode === "lexical" || notice ? (
        <Notice variant={notice ? "warning" : "info"}>
          {notice ?? "Searched by words alone: no vectors took part."}
        </Notice>
      ) : null}
      {passages.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title="Nothing was found"
          description="No passage passed the threshold of the agent, so the model was shown none."
        />
      ) : (
        <ol className="grid grid-cols-1 gap-3" aria-label="Passages shown to the model">
          {passages.map((passage) => (
            <Passage key={passage.n} passage={passage} best={best} />
          ))}
        </ol>
      )}
    </>
  );
}

function Passage({ passage, best }: { passage: ShownPassage; best: Record<string, number> }) {
  const place = placeOf(passage);
  return (
    <li className="grid gap-2.5 rounded-lg border p-3.5">
      <div className="flex items-baseline gap-2">
        <span className="font-medium text-primary text-xs tabular-nums">[{passage.n}]</span>
        <div className="min-w-0 flex-1">
          <Link
            to="/dashboard/knowledge/documents/$documentId"
            params={{ documentId: passage.documentId }}
            search={{ chunk: passage.chunkId, ...(passage.page ? { page: passage.page } : {}) }}
            className="focus-mark rounded-sm font-medium text-sm underline-offset-4 hover:underline"
          >
            {passage.documentName}
          </Link>
          {place ? <p className="truncate text-muted-foreground text-xs">{place}</p> : null}
        </div>
        <span className="font-mono font-semibold text-sm tabular-nums">
          {formatScore(passage.score)}
        </span>
      </div>
      <p className="whitespace-pre-wrap break-words text-sm">{passage.text}</p>
      <ScoreBars scores={passage.scores} best={best} className="border-t pt-2.5" />
    </li>
  );
}
