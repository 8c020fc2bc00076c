import { createFileRoute } from "@tanstack/react-router";
import { CallbackPage } from "@/features/tools";

export const Route = createFileRoute("/dashboard/tools/mcp/callback")({ component: CallbackPage });
