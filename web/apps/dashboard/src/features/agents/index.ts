export { AgentStatus } from "./agent-status";
export { AgentsPage } from "./agents-page";
export { agentListQuery, agentQuery, agentsKey, modelsQuery } from "./queries";
export { recentAgentIds } from "./recent-agents";
