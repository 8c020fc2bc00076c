import { Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Monogram } from "@/components/monogram";
import { AgentStatus, agentListQuery } from "@/features/agents";

/** The agents one would look at first: those touched last. */
export function AgentsCard() {
  const agents = useQuery(agentListQuery(""));
  const list = [...(agents.data?.data ?? [])]
    .sort((a, b) => b.updated_at.localeCompare(a.updated_at))
    .slice(0, 5);
  if (agents.isSuccess && list.length === 0) return null;
  return (
    <section aria-labelledby="agents" className="rounded-xl border bg-card shadow-xs">
      <div className="flex items-center justify-between gap-3 px-5 py-4">
        <h2 id="agents" className="font-semibold text-base">
          Agents
        </h2>
        <Link
          to="/dashboard/agents"
          className="focus-mark touch-target inline-flex items-center rounded-sm text-muted-foreground text-xs hover:text-foreground"
        >
          All agents
        </Link>
      </div>
      {agents.isPending ? (
        <div aria-busy="true" className="grid gap-4 border-t p-5">
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
        </div>
      ) : (
        <ul className="divide-y border-t">
          {list.map((agent) => (
            <li key={agent.id}>
              <Link
                to="/dashboard/agents/$agentId"
                params={{ agentId: agent.id }}
                className="focus-mark flex items-center gap-3 px-5 py-3 -outline-offset-2 transition-colors hover:bg-accent/50"
              >
                <Monogram name={agent.name} />
                <span className="grid min-w-0 flex-1 gap-1">
                  <span className="truncate font-medium text-sm">{agent.name}</span>
                  <AgentStatus agent={agent} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
