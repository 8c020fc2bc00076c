import { createFileRoute } from "@tanstack/react-router";
import { ExamplesTab } from "@/features/agents/editor/examples-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/examples")({
  component: ExamplesTab,
});
