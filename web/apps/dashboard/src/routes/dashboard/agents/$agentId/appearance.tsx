import { createFileRoute } from "@tanstack/react-router";
import { AppearanceTab } from "@/features/agents/appearance/appearance-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/appearance")({
  component: AppearanceTab,
});
