import { createFileRoute } from "@tanstack/react-router";
import { KnowledgePage } from "@/features/knowledge";

export const Route = createFileRoute("/dashboard/knowledge/")({
  validateSearch: (search: Record<string, unknown>): { new?: boolean } =>
    search.new === true ? { new: true } : {},
  component: KnowledgePage,
});
