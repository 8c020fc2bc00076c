import { createFileRoute } from "@tanstack/react-router";
import { KnowledgeTab } from "@/features/agents/retrieval/knowledge-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/knowledge")({
  component: KnowledgeTab,
});
