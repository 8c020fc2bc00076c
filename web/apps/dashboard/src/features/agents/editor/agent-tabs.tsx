import { cn, tabClassName, tabListClassName } from "@medea/ui";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useDraft } from "./draft-context";

const TABS = [
  { to: "/dashboard/agents/$agentId/prompt", label: "Prompt" },
  { to: "/dashboard/agents/$agentId/examples", label: "Examples" },
  { to: "/dashboard/agents/$agentId/knowledge", label: "Knowledge" },
  { to: "/dashboard/agents/$agentId/tools", label: "Tools" },
  { to: "/dashboard/agents/$agentId/model", label: "Model" },
  { to: "/dashboard/agents/$agentId/appearance", label: "Appearance" },
  { to: "/dashboard/agents/$agentId/versions", label: "Versions" },
  { to: "/dashboard/agents/$agentId/embed", label: "Embed" },
] as const;

export function AgentTabs() {
  const { agent } = useDraft();
  const row = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.location.pathname });

  // On a phone the row scrolls sideways, and the open tab may be outside it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is a new open tab
  useEffect(() => {
    const open = row.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (row.current && open) {
      row.current.scrollLeft = open.offsetLeft - (row.current.clientWidth - open.offsetWidth) / 2;
    }
  }, [pathname]);

  const counts: Record<string, number> = {
    Examples: agent.examples.length,
    Knowledge: agent.retrieval.knowledge_bases.length,
    Tools: agent.tools.length,
  };
  return (
    <nav
      ref={row}
      aria-label="Parts of the agent"
      className={cn(tabListClassName, "relative mt-4 px-4 sm:px-8")}
    >
      {TABS.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          params={{ agentId: agent.id }}
          className={tabClassName}
          activeProps={{ "aria-current": "page" }}
        >
          {tab.label}
          <Count value={counts[tab.label] ?? 0} />
        </Link>
      ))}
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
