import { useQuery } from "@tanstack/react-query";
import { allAgentsQuery } from "@/features/agents";

/** Names of the agents whose drafts have a tool, by the tool's id. */
export function useToolAgents(): (toolId: string) => string[] {
  const agents = useQuery(allAgentsQuery).data?.data ?? [];
  return (toolId) =>
    agents.filter(({ tools }) => tools.some(({ name }) => name === toolId)).map(({ name }) => name);
}
