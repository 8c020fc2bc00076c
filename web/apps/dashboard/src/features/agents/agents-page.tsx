import { ApiError, messageOf } from "@medea/api";
import { Button, EmptyState, ErrorState, PageHeader, Tooltip } from "@medea/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus, SearchX } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { Page } from "@/components/page";
import { SearchBox } from "@/components/search-box";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { AgentCard, AgentCardSkeleton } from "./agent-card";
import { CreateAgentDialog } from "./create-agent-dialog";
import { agentListQuery } from "./queries";
import { TemplateGallery } from "./template-gallery";

const route = getRouteApi("/dashboard/agents/");

export function AgentsPage() {
  usePageTitle("Agents");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const canWrite = useCan("agents:write");
  const [template, setTemplate] = useState("support");
  const q = useDeferredValue(search.q ?? "");
  const agents = useQuery({ ...agentListQuery(q), placeholderData: keepPreviousData });

  const searchFor = (words: string) =>
    void navigate({
      search: ({ q: _, ...old }) => (words ? { ...old, q: words } : old),
      replace: true,
    });
  const setCreating = (open: boolean) =>
    void navigate({
      search: ({ new: _, ...old }) => (open ? { ...old, new: true } : old),
      replace: true,
    });
  const create = (key: string) => {
    setTemplate(key);
    setCreating(true);
  };
  const list = agents.data?.data ?? [];
  const isEmpty = agents.isSuccess && list.length === 0 && q === "";

  return (
    <Page>
      <PageHeader
        title="Agents"
        description="Each agent has its own instructions, model, look and versions."
        actions={<CreateButton canWrite={canWrite} onClick={() => create("support")} />}
      />
      {isEmpty ? (
        <TemplateGallery canWrite={canWrite} onChoose={create} />
      ) : (
        <>
          <SearchBox
            label="Search agents"
            placeholder="Search by name"
            value={search.q ?? ""}
            onSearch={searchFor}
            className="mt-6 max-w-sm"
          />
          <div className="mt-5" aria-busy={agents.isPending}>
            {agents.isPending ? (
              <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
                {[1, 2, 3, 4].map((n) => (
                  <AgentCardSkeleton key={n} />
                ))}
              </div>
            ) : agents.isLoadingError ? (
              <ErrorState
                title="The agents could not be loaded"
                description={messageOf(agents.error)}
                code={agents.error instanceof ApiError ? agents.error.code : undefined}
                onRetry={() => void agents.refetch()}
              />
            ) : list.length === 0 ? (
              <EmptyState
                icon={SearchX}
                title={`No agent matches “${q}”`}
                action={
                  <Button variant="outline" onClick={() => searchFor("")}>
                    Clear the search
                  </Button>
                }
              />
            ) : (
              <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2">
                {list.map((agent) => (
                  <AgentCard key={agent.id} agent={agent} names={list.map((one) => one.name)} />
                ))}
              </ul>
            )}
            {agents.data?.next_cursor ? (
              <p className="mt-4 text-muted-foreground text-sm">
                These are the first {list.length}. Search to find the others.
              </p>
            ) : null}
          </div>
        </>
      )}
      <CreateAgentDialog
        open={search.new === true && canWrite}
        onOpenChange={setCreating}
        template={template}
        onTemplateChange={setTemplate}
      />
    </Page>
  );
}

function CreateButton({ canWrite, onClick }: { canWrite: boolean; onClick: () => void }) {
  if (canWrite) {
    return (
      <Button onClick={onClick}>
        <Plus />
        New agent
      </Button>
    );
  }
  return (
    <Tooltip content="Your role can look at agents, but not create them.">
      <Button aria-disabled="true">
        <Plus />
        New agent
      </Button>
    </Tooltip>
  );
}
