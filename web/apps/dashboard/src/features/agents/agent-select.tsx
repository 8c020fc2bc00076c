import { useQuery } from "@tanstack/react-query";
import { FilterSelect } from "@/components/filter-select";
import { allAgentsQuery } from "./queries";

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
  const options = agents.map((agent) => ({ value: agent[by], label: agent.name }));
  if (value && !options.some((option) => option.value === value)) {
    options.push({ value, label: other ?? value });
  }
  return (
    <FilterSelect
      label="Agent"
      all="All agents"
      options={options}
      value={value}
      onChange={onChange}
      className={className}
    />
  );
}
