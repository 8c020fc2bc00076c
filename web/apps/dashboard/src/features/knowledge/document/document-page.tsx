import { ApiError, type KnowledgeDocument } from "@medea/api";
import { Button, EmptyState, Notice, PageHeader, RelativeTime, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Files, SearchX } from "lucide-react";
import { BackLink } from "@/components/back-link";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { usePageTitle } from "@/lib/page-title";
import { isRefusal } from "@/lib/query-client";
import { documentFacts } from "../documents/document-facts";
import { DocumentMenu } from "../documents/document-menu";
import { DocumentProgressLine, StatusBadge } from "../documents/document-state";
import { baseQuery, documentQuery } from "../queries";
import { Reader } from "./reader";

export interface Place {
  /** A chunk to open at. */
  chunk?: string;
  page?: number;
  /** Words to mark. */
  quote?: string;
  view?: "text" | "page";
}

interface DocumentPageProps {
  id: string;
  place: Place;
  onPlace: (place: Place) => void;
}

/** A document: its state, and its chunks beside what it looks like. */
export function DocumentPage({ id, place, onPlace }: DocumentPageProps) {
  const document = useQuery(documentQuery(id));
  usePageTitle(document.data?.name, "Knowledge");
  if (document.isPending) return <DocumentSkeleton />;
  if (document.isLoadingError || isRefusal(document.error)) {
    return <Unavailable error={document.error} onRetry={() => void document.refetch()} />;
  }
  return <Loaded document={document.data} place={place} onPlace={onPlace} />;
}

interface LoadedProps extends Omit<DocumentPageProps, "id"> {
  document: KnowledgeDocument;
}

function Loaded({ document, place, onPlace }: LoadedProps) {
  const navigate = useNavigate();
  const base = useQuery(baseQuery(document.base_id));
  const params = { baseId: document.base_id };
  return (
    <Page width="wide" className="flex flex-col gap-5 lg:h-dvh lg:py-8">
      <PageHeader
        eyebrow={
          <BackLink to="/dashboard/knowledge/$baseId/documents" params={params}>
            {base.data?.name ?? "Documents"}
          </BackLink>
        }
        title={document.name}
        meta={
          <>
            <StatusBadge document={document} />
            <DocumentMenu
              document={document}
              onDeleted={() =>
                void navigate({ to: "/dashboard/knowledge/$baseId/documents", params })
              }
            />
          </>
        }
        description={
          <>
            {documentFacts(document).join(" · ")}
            {document.indexed_at ? (
              <>
                {" · read "}
                <RelativeTime at={document.indexed_at} />
              </>
            ) : null}
          </>
        }
      />
      {document.status === "ready" ? null : <DocumentProgressLine document={document} />}
      {document.notice ? <Notice variant="warning">{document.notice}</Notice> : null}
      {document.same_as ? (
        <EmptyState
          icon={Files}
          title="The same page as another document"
          description="Both addresses lead to one page. Searches find it once, and answers cite the other address."
          action={
            <Button asChild variant="outline" size="sm">
              <Link
                to="/dashboard/knowledge/documents/$documentId"
                params={{ documentId: document.same_as }}
              >
                Open the other document
              </Link>
            </Button>
          }
        />
      ) : document.chunk_count > 0 ? (
        <Reader document={document} place={place} onPlace={onPlace} />
      ) : document.status === "failed" ? null : (
        <EmptyState
          icon={SearchX}
          title="Nothing to show yet"
          description="The chunks appear here as soon as the document has been read."
        />
      )}
    </Page>
  );
}

function Unavailable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Page className="grid grid-cols-1 gap-6">
      <h1 className="sr-only">Document</h1>
      {error instanceof ApiError && error.isNotFound ? (
        <EmptyState
          icon={SearchX}
          title="No such document"
          description="It was deleted, or it belongs to another workspace. Answers that cited it keep their quote."
          action={
            <Button asChild variant="outline" size="sm">
              <Link to="/dashboard/knowledge">All knowledge</Link>
            </Button>
          }
        />
      ) : (
        <LoadFailure error={error} what="the document" onRetry={onRetry} />
      )}
    </Page>
  );
}

function DocumentSkeleton() {
  return (
    <Page width="wide" className="grid grid-cols-1 gap-6">
      <h1 className="sr-only">Document</h1>
      <div className="grid gap-2" role="status" aria-label="Loading the document">
        <Skeleton className="h-4 w-28" />
        <Skeleton className="h-7 w-72 max-w-full" />
      </div>
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-2">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    </Page>
  );
}
