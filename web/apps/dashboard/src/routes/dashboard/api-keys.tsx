import { createFileRoute } from "@tanstack/react-router";
import { ApiKeysPage } from "@/features/api-keys";

export const Route = createFileRoute("/dashboard/api-keys")({ component: ApiKeysPage });
