import type { Agent } from "@medea/api";
import { RelativeTime, Skeleton } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { Monogram } from "@/components/monogram";
import { useCan } from "@/lib/session";
import { AgentMenu } from "./agent-menu";
import { AgentStatus } from "./agent-status";

export function AgentCard({ agent, names }: { agent: Agent; names: string[] }) {
  const canWrite = useCan("agents:write");
  return (
    <li className="group relative flex flex-col rounded-xl border bg-card p-4 shadow-xs transition-colors hover:border-foreground/20">
      <div className="flex items-start gap-3">
        <Monogram name={agent.name} size="large" />
        <div className="min-w-0 flex-1">
          <h2 dir="auto" className="truncate font-medium text-base">
            <Link
              to="/dashboard/agents/$agentId"
              params={{ agentId: agent.id }}
              className="focus-mark rounded-sm after:absolute after:inset-0 after:rounded-xl"
            >
              {agent.name}
            </Link>
          </h2>
          <p className="truncate font-mono text-muted-foreground text-xs">{agent.slug}</p>
        </div>
        <AgentMenu
          agent={agent}
          canWrite={canWrite}
          names={names}
          label={`Actions for ${agent.name}`}
          trigger={{ size: "icon-xs", className: "relative z-10 text-muted-foreground" }}
        />
      </div>
      <p dir="auto" className="mt-3 line-clamp-2 min-h-10 text-muted-foreground text-sm">
        {agent.description || firstLine(agent.system_prompt) || "No instructions yet."}
      </p>
      <div className="mt-3 flex items-center justify-between gap-3">
        <AgentStatus agent={agent} />
        <RelativeTime at={agent.updated_at} className="text-muted-foreground text-xs" />
      </div>
    </li>
  );
}

function firstLine(prompt: string): string {
  return prompt.split("\n").find((line) => line.trim() !== "") ?? "";
}

export function AgentCardSkeleton() {
  return (
    <div className="rounded-xl border bg-card p-4">
      <div className="flex gap-3">
        <Skeleton className="size-10 rounded-lg" />
        <div className="grid gap-2 pt-0.5">
          <Skeleton className="h-4 w-32" />
          <Skeleton className="h-3 w-20" />
        </div>
      </div>
      <Skeleton className="mt-4 h-10 w-full" />
      <Skeleton className="mt-3 h-5 w-24" />
    </div>
  );
}
