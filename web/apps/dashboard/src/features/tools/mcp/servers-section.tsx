import type { McpServer } from "@medea/api";
import { Button } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plug, Plus } from "lucide-react";
import { ListCard } from "@/components/list-card";
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
    <ListCard
      id="mcp"
      title="MCP servers"
      description="Servers that bring tools of their own, by the Model Context Protocol: your ticket system, your shop, your repository. You choose which of their tools agents may use."
      list={servers}
      what="the MCP servers"
      empty={{
        icon: Plug,
        title: "No server connected yet",
        description:
          "Give its address, such as https://mcp.example.com/mcp. How it wants to be connected is found out.",
      }}
      action={canWrite ? connect : null}
    >
      {(server) => <ServerRow server={server} />}
    </ListCard>
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
