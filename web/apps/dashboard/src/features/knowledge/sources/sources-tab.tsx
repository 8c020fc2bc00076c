import type { KnowledgeBase, KnowledgeSource } from "@medea/api";
import { Button, Card, EmptyState, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Globe, Network, Plus } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { useCan } from "@/lib/session";
import { sourcesQuery } from "../queries";
import { SourceRow } from "./source-row";

const isBusy = ({ status }: KnowledgeSource) => status === "queued" || status === "fetching";

/** Web pages and sitemaps that the documents follow. */
export function SourcesTab({ base }: { base: KnowledgeBase }) {
  const canWrite = useCan("knowledge:write");
  const sources = useQuery({
    ...sourcesQuery(base.id),
    refetchInterval: ({ state }) => (state.data?.some(isBusy) ? 1500 : false),
  });
  if (sources.isPending) {
    return (
      <div className="grid gap-3" role="status" aria-label="Loading the sources">
        <Skeleton className="h-20" />
        <Skeleton className="h-20" />
      </div>
    );
  }
  if (sources.isLoadingError) {
    return (
      <LoadFailure
        error={sources.error}
        what="the sources"
        onRetry={() => void sources.refetch()}
      />
    );
  }
  if (sources.data.length === 0) {
    return (
      <EmptyState
        icon={Globe}
        title="No websites yet"
        description="Add a page or a whole sitemap: its documents are fetched again by schedule and stay as current as the website."
        action={canWrite ? <AddButtons baseId={base.id} /> : null}
      />
    );
  }
  return (
    <div className="grid grid-cols-1 gap-4">
      {canWrite ? (
        <div className="flex flex-wrap justify-end gap-2">
          <AddButtons baseId={base.id} />
        </div>
      ) : null}
      <Card>
        <ul className="divide-y" aria-label="Sources">
          {sources.data.map((source) => (
            <SourceRow key={source.id} source={source} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

function AddButtons({ baseId }: { baseId: string }) {
  return (
    <>
      <Button asChild size="sm">
        <Link
          to="/dashboard/knowledge/$baseId/documents"
          params={{ baseId }}
          search={{ add: "page" }}
        >
          <Plus />
          Add a web page
        </Link>
      </Button>
      <Button asChild variant="outline" size="sm">
        <Link
          to="/dashboard/knowledge/$baseId/documents"
          params={{ baseId }}
          search={{ add: "sitemap" }}
        >
          <Network />
          Add a sitemap
        </Link>
      </Button>
    </>
  );
}
