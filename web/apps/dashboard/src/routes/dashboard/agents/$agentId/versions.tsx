import { createFileRoute } from "@tanstack/react-router";
import { type CompareSearch, parseCompare } from "@/features/agents/versions/compare-search";
import { VersionsTab } from "@/features/agents/versions/versions-tab";

export const Route = createFileRoute("/dashboard/agents/$agentId/versions")({
  validateSearch: (search): CompareSearch => parseCompare(search),
  component: VersionsTab,
});
