import { createFileRoute } from "@tanstack/react-router";
import { AgentsPage } from "@/features/agents";
import { textParam } from "@/lib/search-params";

export const Route = createFileRoute("/dashboard/agents/")({
  validateSearch: (search: Record<string, unknown>): { q?: string; new?: boolean } => ({
    ...textParam(search, "q"),
    ...(search.new === true ? { new: true } : {}),
  }),
  component: AgentsPage,
});
