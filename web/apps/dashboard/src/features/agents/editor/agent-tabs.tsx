import {
  Button,
  cn,
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
  tabClassName,
} from "@medea/ui";
import { Link, useRouterState } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useRef } from "react";
import { rulesAtWork } from "../guardrails/wire";
import { useDraft } from "./draft-context";
import { useFitting } from "./use-fitting";

const TABS = [
  { to: "/dashboard/agents/$agentId/prompt", label: "Prompt" },
  { to: "/dashboard/agents/$agentId/examples", label: "Examples" },
  { to: "/dashboard/agents/$agentId/knowledge", label: "Knowledge" },
  { to: "/dashboard/agents/$agentId/tools", label: "Tools" },
  { to: "/dashboard/agents/$agentId/guardrails", label: "Guardrails" },
  { to: "/dashboard/agents/$agentId/model", label: "Model" },
  { to: "/dashboard/agents/$agentId/appearance", label: "Appearance" },
  { to: "/dashboard/agents/$agentId/versions", label: "Versions" },
  { to: "/dashboard/agents/$agentId/embed", label: "Embed" },
] as const;

/** The parts of the agent, in one row; those that do not fit into it are in a menu at its end. */
export function AgentTabs() {
  const { agent } = useDraft();
  const row = useRef<HTMLDivElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const counts: Record<string, number> = {
    Examples: agent.examples.length,
    Knowledge: agent.retrieval.knowledge_bases.length,
    Tools: agent.tools.length,
    Guardrails: rulesAtWork(agent.guardrails),
  };
  const fitting = useFitting(row, JSON.stringify(counts));
  const params = { agentId: agent.id };
  const rest = TABS.slice(fitting);
  const open = rest.find(({ to }) => pathname.endsWith(to.slice(to.lastIndexOf("/"))));
  return (
    <nav
      aria-label="Parts of the agent"
      className="mt-4 flex items-end gap-4 border-b px-4 sm:px-8"
    >
      <div ref={row} className="-mb-px flex h-10 min-w-0 flex-1 flex-wrap gap-x-4 overflow-hidden">
        {TABS.map((tab, index) => (
          <Link
            key={tab.to}
            to={tab.to}
            params={params}
            className={cn(tabClassName, "mb-0", index >= fitting && "invisible")}
            activeProps={{ "aria-current": "page" }}
          >
            {tab.label}
            <Count value={counts[tab.label] ?? 0} />
          </Link>
        ))}
      </div>
      {rest.length > 0 ? (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button
              variant="ghost"
              className={cn(
                tabClassName,
                "rounded-b-none",
                open && "border-primary text-foreground",
              )}
              aria-label={open ? `${open.label}, more parts` : "More parts"}
            >
              {open?.label ?? "More"}
              <ChevronDown aria-hidden="true" />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            {rest.map((tab) => (
              <DropdownMenuItem key={tab.to} asChild>
                <Link to={tab.to} params={params} activeProps={{ "aria-current": "page" }}>
                  {tab.label}
                  <Count value={counts[tab.label] ?? 0} />
                </Link>
              </DropdownMenuItem>
            ))}
          </DropdownMenuContent>
        </DropdownMenu>
      ) : null}
    </nav>
  );
}

function Count({ value }: { value: number }) {
  if (value === 0) return null;
  return (
    <span className="rounded bg-muted px-1 text-2xs text-muted-foreground tabular-nums">
      {value}
    </span>
  );
}
