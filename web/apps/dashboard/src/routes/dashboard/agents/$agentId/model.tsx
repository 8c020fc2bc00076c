import { createFileRoute } from "@tanstack/react-router";
import { ModelTab } from "@/features/agents/editor/model-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/model")({ component: ModelTab });
