import { createFileRoute } from "@tanstack/react-router";
import { ToolsTab } from "@/features/agents/tools/tools-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/tools")({
  component: ToolsTab,
});
