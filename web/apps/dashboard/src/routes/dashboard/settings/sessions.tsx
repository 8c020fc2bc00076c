import { createFileRoute } from "@tanstack/react-router";
import { SessionsPage } from "@/features/settings";

export const Route = createFileRoute("/dashboard/settings/sessions")({ component: SessionsPage });
