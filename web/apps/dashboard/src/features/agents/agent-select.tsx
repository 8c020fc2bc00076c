import type { Agent } from "@medea/api";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { allAgentsQuery } from "./queries";

const ALL = "all";

interface AgentSelectProps {
  /** What tells agents apart in the filter. */
  by: "id" | "slug";
  value: string | undefined;
  /** Shown for a value that is no agent's, any more. */
  other: string | undefined;
  onChange: (value: string | undefined) => void;
  className?: string;
}

/** A filter: one agent, or all. */
export function AgentSelect({ by, value, other, onChange, className }: AgentSelectProps) {
  const agents = useQuery(allAgentsQuery).data?.data ?? [];
  const isKnown = (agent: Agent) => agent[by] === value;
  return (
    <Select
      value={value ?? ALL}
      onValueChange={(chosen) => onChange(chosen === ALL ? undefined : chosen)}
    >
      <SelectTrigger aria-label="Agent" className={className}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        <SelectItem value={ALL}>All agents</SelectItem>
        {agents.map((agent) => (
          <SelectItem key={agent.id} value={agent[by]}>
            {agent.name}
          </SelectItem>
        ))}
        {value && !agents.some(isKnown) ? <SelectItem value={value}>{other}</SelectItem> : null}
      </SelectContent>
    </Select>
  );
}
