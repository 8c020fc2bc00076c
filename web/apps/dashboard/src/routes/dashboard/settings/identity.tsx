import { createFileRoute } from "@tanstack/react-router";
import { IdentityPage } from "@/features/settings";

export const Route = createFileRoute("/dashboard/settings/identity")({ component: IdentityPage });
