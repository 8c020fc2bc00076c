export { AgentSelect } from "./agent-select";
export { AgentStatus } from "./agent-status";
export { AgentsPage } from "./agents-page";
export { modelFacts } from "./editor/model-facts";
export { type Act, actSentence } from "./guardrails/acts";
export { agentListQuery, agentQuery, agentsKey, allAgentsQuery, modelsQuery } from "./queries";
export { recentAgentIds } from "./recent-agents";
