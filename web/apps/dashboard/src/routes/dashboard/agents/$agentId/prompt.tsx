import { createFileRoute } from "@tanstack/react-router";
import { PromptTab } from "@/features/agents/editor/prompt-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/prompt")({ component: PromptTab });
