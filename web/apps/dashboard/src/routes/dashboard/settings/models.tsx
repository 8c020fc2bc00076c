import { createFileRoute } from "@tanstack/react-router";
import { ModelsPage } from "@/features/settings";

export const Route = createFileRoute("/dashboard/settings/models")({ component: ModelsPage });
