import type { McpServer } from "@medea/api";
import {
  Button,
  Card,
  CardDescription,
  CardHeader,
  CardTitle,
  EmptyState,
  Skeleton,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plug, Plus } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { hostOf } from "../form/values";
import { serversQuery } from "./queries";
import { StateBadge } from "./state-badge";
import { counted } from "./values";

/** MCP servers that the workspace has connected. */
export function ServersSection({ canWrite }: { canWrite: boolean }) {
  const servers = useQuery(serversQuery);
  const connect = (
    <Button asChild variant="outline" size="sm">
      <Link to="/dashboard/tools/mcp/new">
        <Plus />
        Connect a server
      </Link>
    </Button>
  );
  return (
    <Card className="overflow-hidden" id="mcp">
      <CardHeader className="flex flex-wrap items-start justify-between gap-y-3 pb-4">
        <div className="grid min-w-0 flex-1 basis-56 gap-1">
          <CardTitle>MCP servers</CardTitle>
          <CardDescription>
            Servers that bring tools of their own, by the Model Context Protocol: your ticket
            system, your shop, your repository. You choose which of their tools agents may use.
          </CardDescription>
        </div>
        {canWrite && servers.data?.length ? connect : null}
      </CardHeader>
      {servers.isPending ? (
        <div className="grid gap-3 px-5 pb-5" role="status" aria-label="Loading the MCP servers">
          <Skeleton className="h-9" />
        </div>
      ) : servers.isError ? (
        <div className="px-5 pb-5">
          <LoadFailure
            error={servers.error}
            what="the MCP servers"
            onRetry={() => void servers.refetch()}
          />
        </div>
      ) : servers.data.length === 0 ? (
        <div className="px-5 pb-5">
          <EmptyState
            icon={Plug}
            title="No server connected yet"
            description="Give its address, such as https://mcp.example.com/mcp. How it wants to be connected is found out."
            action={canWrite ? connect : null}
            className="py-8"
          />
        </div>
      ) : (
        <ul className="divide-y border-t" aria-label="MCP servers">
          {servers.data.map((server) => (
            <ServerRow key={server.id} server={server} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function ServerRow({ server }: { server: McpServer }) {
  return (
    <li className="relative grid gap-x-6 gap-y-1 px-5 py-3.5 transition-colors focus-within:bg-accent/50 hover:bg-accent/50 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center">
      <div className="min-w-0">
        <h3 className="truncate font-medium text-sm">
          <Link
            to="/dashboard/tools/mcp/$serverId"
            params={{ serverId: server.id }}
            className="outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
          >
            {server.name}
          </Link>
        </h3>
        <p className="truncate text-muted-foreground text-xs">
          {server.program ? `program ${server.program}` : hostOf(server.url)} · {counted(server)}
        </p>
        {server.error ? <p className="mt-0.5 text-destructive text-xs">{server.error}</p> : null}
      </div>
      <StateBadge server={server} />
    </li>
  );
}
