import { createFileRoute } from "@tanstack/react-router";
import { GuardrailsTab } from "@/features/agents/guardrails/guardrails-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/guardrails")({
  component: GuardrailsTab,
});
