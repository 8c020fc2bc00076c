import { createFileRoute } from "@tanstack/react-router";
import { EmbedTab } from "@/features/agents/editor/embed-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/embed")({ component: EmbedTab });
