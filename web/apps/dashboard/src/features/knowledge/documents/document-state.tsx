import { type KnowledgeDocument, messageOf } from "@medea/api";
import { Badge, Button, toast } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useCan } from "@/lib/session";
import { ProgressBar } from "../progress-bar";
import { useRetryDocument } from "../queries";
import { isUnfinished, progressSentence, progressShare, statusLabel } from "../status";

/** The state of a document as a badge. */
export function StatusBadge({ document }: { document: KnowledgeDocument }) {
  const { status, is_searchable } = document;
  if (document.same_as) return <Badge variant="secondary">Same page</Badge>;
  if (status === "ready") return <Badge variant="success">Ready</Badge>;
  if (status === "failed") return <Badge variant="destructive">Failed</Badge>;
  if (is_searchable) return <Badge variant="info">Searchable by words</Badge>;
  return <Badge variant="secondary">{statusLabel(status)}</Badge>;
}

/** Where a web page is searched that is the same as another document; nothing for all others. */
export function TwinLine({ document }: { document: KnowledgeDocument }) {
  if (!document.same_as) return null;
  return (
    <span className="text-muted-foreground text-xs">
      The same page as another document.{" "}
      <Link
        to="/dashboard/knowledge/documents/$documentId"
        params={{ documentId: document.same_as }}
        className="focus-mark relative z-10 rounded-sm underline underline-offset-2 hover:text-foreground"
      >
        It is searched there
      </Link>
    </span>
  );
}

/** What is being done with a document, or why it stopped and how to go on; nothing once it is ready. */
export function DocumentProgressLine({ document }: { document: KnowledgeDocument }) {
  const canWrite = useCan("knowledge:write");
  const retry = useRetryDocument(document.base_id);
  if (isUnfinished(document)) {
    return (
      <ProgressBar
        label={`Progress of ${document.name}`}
        share={document.status === "queued" ? 0 : progressShare(document)}
        note={progressSentence(document)}
      />
    );
  }
  if (document.status !== "failed") return null;
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <span className="min-w-0 basis-48 text-destructive text-xs sm:basis-auto">
        {document.error?.message ?? "No reason was recorded."}
      </span>
      {canWrite ? (
        <Button
          variant="outline"
          size="xs"
          loading={retry.isPending}
          aria-label={`Try ${document.name} again`}
          className="relative"
          onClick={() =>
            retry.mutate(document.id, { onError: (error) => toast.error(messageOf(error)) })
          }
        >
          {retry.isPending ? null : <RotateCw />}
          Try again
        </Button>
      ) : null}
    </span>
  );
}
