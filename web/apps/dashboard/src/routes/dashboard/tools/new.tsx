import { createFileRoute } from "@tanstack/react-router";
import { NewToolPage } from "@/features/tools";

export const Route = createFileRoute("/dashboard/tools/new")({ component: NewToolPage });
