import { type AgentVersion, messageOf } from "@medea/api";
import { Button, ConfirmDialog, EmptyState, ErrorState, Skeleton, toast } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { History } from "lucide-react";
import { useState } from "react";
import { useDraft } from "../editor/draft-context";
import { useRestoreVersion, versionsQuery } from "../queries";
import { Comparison } from "./comparison";
import { VersionRow } from "./version-row";

const route = getRouteApi("/dashboard/agents/$agentId/versions");

export function VersionsTab() {
  const { agent, canWrite, flush, reset } = useDraft();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const versions = useInfiniteQuery(versionsQuery(agent.id));
  const restore = useRestoreVersion(agent.id);
  const [restoring, setRestoring] = useState<AgentVersion | null>(null);
  const list = versions.data?.pages.flatMap((page) => page.data) ?? [];

  if (versions.isPending) {
    return (
      <div aria-busy="true" className="grid gap-2">
        {[1, 2, 3].map((n) => (
          <Skeleton key={n} className="h-20" />
        ))}
      </div>
    );
  }
  if (versions.isLoadingError) {
    return (
      <ErrorState
        title="The versions could not be loaded"
        description={messageOf(versions.error)}
        onRetry={() => void versions.refetch()}
      />
    );
  }
  if (list.length === 0) {
    return (
      <EmptyState
        icon={History}
        title="Nothing published yet"
        description="Each publication is kept here for good. Compare any two, or go back to one."
      />
    );
  }

  const compare = (from: number, to: number | "draft") =>
    void navigate({ search: { from, to }, replace: true });
  return (
    <div className="grid gap-8">
      <ol className="grid gap-2">
        {agent.has_unpublished_changes ? (
          <li className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-dashed px-4 py-3">
            <div>
              <p className="font-medium text-sm">Draft</p>
              <p className="text-muted-foreground text-xs">Has changes that are not live</p>
            </div>
            {agent.published_version === null ? null : (
              <Button
                variant="outline"
                size="sm"
                onClick={() => compare(agent.published_version ?? 1, "draft")}
              >
                Compare with live
              </Button>
            )}
          </li>
        ) : null}
        {list.map((version) => (
          <VersionRow
            key={version.number}
            version={version}
            isShown={search.to === version.number}
            canRestore={canWrite}
            onCompare={compare}
            onRestore={() => setRestoring(version)}
          />
        ))}
      </ol>
      {versions.hasNextPage ? (
        <Button
          variant="outline"
          className="justify-self-center"
          loading={versions.isFetchingNextPage}
          onClick={() => void versions.fetchNextPage()}
        >
          Show older versions
        </Button>
      ) : null}
      {search.from !== undefined && search.to !== undefined ? (
        <Comparison agentId={agent.id} from={search.from} to={search.to} />
      ) : null}
      <ConfirmDialog
        open={restoring !== null}
        onOpenChange={(open) => (open ? undefined : setRestoring(null))}
        title={`Restore version ${restoring?.number}?`}
        description="It replaces the draft. Visitors notice nothing until you publish."
        confirmLabel="Restore"
        variant="default"
        onConfirm={async () => {
          if (!restoring) return;
          await flush();
          await restore.mutateAsync(restoring.number);
          reset();
          toast.success(`The draft is version ${restoring.number} again. Publish to make it live.`);
        }}
      />
    </div>
  );
}
