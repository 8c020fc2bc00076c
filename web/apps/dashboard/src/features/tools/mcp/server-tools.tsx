import { type McpServer, messageOf } from "@medea/api";
import {
  Button,
  Card,
  CardDescription,
  CardHeader,
  CardTitle,
  EmptyState,
  Skeleton,
  toast,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Plug } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { useLongList } from "@/components/long-list";
import { serverToolsQuery, useEnableTools } from "./queries";
import { ToolItem } from "./tool-item";

/** What a server offers, and which of it agents may use. */
export function ServerTools({ server, canWrite }: { server: McpServer; canWrite: boolean }) {
  const tools = useQuery(serverToolsQuery(server.id));
  const enable = useEnableTools(server.id);
  const { search, shown, found, isSearched, more } = useLongList(
    tools.data ?? [],
    (tool) => `${tool.name} ${tool.remote_name} ${tool.description}`,
    "Find a tool",
  );
  const usable = found.filter(({ problem }) => problem === null);
  const isAllOn = usable.every(({ is_enabled }) => is_enabled);
  return (
    <Card className="min-w-0 overflow-hidden">
      <CardHeader className="flex flex-wrap items-start justify-between gap-3 pb-4">
        <div className="grid min-w-0 flex-1 basis-56 gap-1">
          <CardTitle>Tools</CardTitle>
          <CardDescription>
            What is on can be given to agents. What the server says of its tools is its own word.
          </CardDescription>
        </div>
        {canWrite && usable.length > 1 ? (
          <Button
            variant="outline"
            size="sm"
            loading={enable.isPending}
            onClick={() =>
              enable.mutate(
                { ids: usable.map(({ id }) => id), on: !isAllOn },
                { onError: (error) => toast.error(messageOf(error)) },
              )
            }
          >
            {isAllOn ? "Switch all off" : "Switch all on"}
          </Button>
        ) : null}
      </CardHeader>
      {search ? <div className="px-5 pb-4">{search}</div> : null}
      {tools.isPending ? (
        <div className="grid gap-3 px-5 pb-5" role="status" aria-label="Loading the tools">
          <Skeleton className="h-12" />
          <Skeleton className="h-12" />
        </div>
      ) : tools.isLoadingError ? (
        <div className="px-5 pb-5">
          <LoadFailure error={tools.error} what="the tools" onRetry={() => void tools.refetch()} />
        </div>
      ) : found.length === 0 ? (
        <div className="px-5 pb-5">
          <EmptyState
            icon={Plug}
            title={isSearched ? "No tool of this name" : "No tools yet"}
            description={
              isSearched
                ? "Try another word."
                : "They appear here once the server has said what it offers."
            }
            className="py-8"
          />
        </div>
      ) : (
        <ul className="divide-y border-t" aria-label={`Tools of ${server.name}`}>
          {shown.map((tool) => (
            <ToolItem key={tool.id} tool={tool} canWrite={canWrite} />
          ))}
        </ul>
      )}
      {more ? <div className="border-t px-5 py-3">{more}</div> : null}
    </Card>
  );
}
