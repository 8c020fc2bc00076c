import { createFileRoute } from "@tanstack/react-router";
import { ImportPage } from "@/features/tools";

export const Route = createFileRoute("/dashboard/tools/import")({ component: ImportPage });
