import { Button, Card, EmptyState, PageHeader, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileInput, Plus, Wrench } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { NoneFound, useLongList } from "@/components/long-list";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { ServersSection } from "../mcp/servers-section";
import { toolsQuery } from "../queries";
import { useToolAgents } from "../use-tool-agents";
import { SecretsSection } from "../vault/secrets-section";
import { SitesSection } from "./sites-section";
import { ToolRow } from "./tool-row";

/** The workspace's own tools, the secrets that they hold, and the sites that agents may read. */
export function ToolsPage() {
  usePageTitle("Tools");
  const canWrite = useCan("tools:write");
  const tools = useQuery(toolsQuery);
  const isEmpty = tools.data?.length === 0;
  const create = canWrite ? (
    <>
      <Button asChild variant="outline">
        <Link to="/dashboard/tools/import">
          <FileInput />
          Import
          <span className="sr-only">an OpenAPI document</span>
        </Link>
      </Button>
      <Button asChild>
        <Link to="/dashboard/tools/new">
          <Plus />
          New tool
        </Link>
      </Button>
    </>
  ) : null;
  return (
    <Page className="grid grid-cols-1 gap-6">
      <PageHeader
        title="Tools"
        description="What agents can do besides answering: requests to your own servers, which you switch on per agent."
        actions={isEmpty ? null : create}
      />
      {canWrite ? null : <ReadOnlyNotice what="the tools" />}
      {tools.isPending ? (
        <ToolsSkeleton />
      ) : tools.isLoadingError ? (
        <LoadFailure error={tools.error} what="the tools" onRetry={() => void tools.refetch()} />
      ) : isEmpty ? (
        <EmptyState
          icon={Wrench}
          title="No tool of your own yet"
          description="Describe a request to your server: looking up an order, booking a date. The model fills in the arguments. Calculator, clock, forms and hand-over are built in; switch them on in the agent."
          action={create}
        />
      ) : (
        <ToolList />
      )}
      <ServersSection canWrite={canWrite} />
      <SecretsSection canWrite={canWrite} />
      <SitesSection canWrite={canWrite} />
    </Page>
  );
}

function ToolList() {
  const tools = useQuery(toolsQuery).data ?? [];
  const agentsOf = useToolAgents();
  const list = useLongList(tools, (tool) => `${tool.name} ${tool.description}`, "Find a tool");
  return (
    <section>
      <h2 className="sr-only">Your own tools</h2>
      {list.search ? <div className="mb-3 max-w-sm">{list.search}</div> : null}
      <Card className="overflow-hidden">
        {list.found.length === 0 ? <NoneFound /> : null}
        <ul className="divide-y" aria-label="Your own tools">
          {list.shown.map((tool) => (
            <ToolRow key={tool.id} tool={tool} agents={agentsOf(tool.id)} />
          ))}
        </ul>
        {list.more ? <div className="border-t px-5 py-3">{list.more}</div> : null}
      </Card>
    </section>
  );
}

function ToolsSkeleton() {
  return (
    <Card className="grid gap-4 p-5" role="status" aria-label="Loading the tools">
      {["a", "b"].map((row) => (
        <div key={row} className="flex items-center gap-6">
          <Skeleton className="h-9 flex-1" />
          <Skeleton className="h-4 w-36" />
        </div>
      ))}
    </Card>
  );
}
