import { Button, Card, EmptyState, PageHeader, Tooltip } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { LibraryBig, Plus } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { allAgentsQuery } from "@/features/agents";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { KnowledgeViews } from "../knowledge-views";
import { basesQuery } from "../queries";
import { BaseCard, BaseCardSkeleton } from "./base-card";
import { CreateBaseDialog } from "./create-base-dialog";
import { UsageMeters } from "./usage-meter";

const route = getRouteApi("/dashboard/knowledge/");

/** The knowledge bases of the workspace, and how much room they take. */
export function KnowledgePage() {
  usePageTitle("Knowledge");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const canWrite = useCan("knowledge:write");
  const bases = useQuery(basesQuery);
  const agents = useQuery(allAgentsQuery).data?.data ?? [];
  const setCreating = (open: boolean) =>
    void navigate({ search: open ? { new: true } : {}, replace: true });
  const isEmpty = bases.isSuccess && bases.data.length === 0;

  return (
    <Page>
      <PageHeader
        title="Knowledge"
        description="What your agents answer from, with the place each answer comes from."
        actions={
          isEmpty ? null : <CreateButton canWrite={canWrite} onClick={() => setCreating(true)} />
        }
      />
      <KnowledgeViews />
      <div className="mt-6 grid grid-cols-1 gap-6" aria-busy={bases.isPending}>
        {bases.isLoadingError || canWrite ? null : <ReadOnlyNotice what="knowledge" />}
        {bases.isPending ? (
          <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3" aria-label="Loading">
            {["a", "b", "c"].map((key) => (
              <li key={key}>
                <BaseCardSkeleton />
              </li>
            ))}
          </ul>
        ) : bases.isLoadingError ? (
          <LoadFailure
            error={bases.error}
            what="the knowledge bases"
            onRetry={() => void bases.refetch()}
          />
        ) : isEmpty ? (
          <EmptyState
            icon={LibraryBig}
            title="Nothing to answer from yet"
            description="Put your handbook, price list or help pages here. Agents then answer from them and show the page."
            action={
              canWrite ? (
                <Button onClick={() => setCreating(true)}>
                  <Plus />
                  Create a knowledge base
                </Button>
              ) : null
            }
          />
        ) : (
          <>
            <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3">
              {bases.data.map((base) => (
                <BaseCard
                  key={base.id}
                  base={base}
                  agents={agents
                    .filter(({ retrieval }) => retrieval.knowledge_bases.includes(base.id))
                    .map(({ name }) => name)}
                />
              ))}
            </ul>
            <Card className="px-5 py-4">
              <UsageMeters />
            </Card>
          </>
        )}
      </div>
      <CreateBaseDialog open={search.new === true && canWrite} onOpenChange={setCreating} />
    </Page>
  );
}

function CreateButton({ canWrite, onClick }: { canWrite: boolean; onClick: () => void }) {
  if (canWrite) {
    return (
      <Button onClick={onClick}>
        <Plus />
        New knowledge base
      </Button>
    );
  }
  return (
    <Tooltip content="Your role can look at knowledge, but not change it.">
      <Button aria-disabled="true">
        <Plus />
        New knowledge base
      </Button>
    </Tooltip>
  );
}
