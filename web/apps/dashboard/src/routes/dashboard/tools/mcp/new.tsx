import { createFileRoute } from "@tanstack/react-router";
import { ConnectPage } from "@/features/tools";

export const Route = createFileRoute("/dashboard/tools/mcp/new")({ component: ConnectPage });
