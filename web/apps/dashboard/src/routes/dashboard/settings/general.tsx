import { createFileRoute } from "@tanstack/react-router";
import { GeneralPage } from "@/features/settings";

export const Route = createFileRoute("/dashboard/settings/general")({ component: GeneralPage });
