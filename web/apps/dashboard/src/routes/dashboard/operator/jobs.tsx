import { createFileRoute } from "@tanstack/react-router";
import { JobsPage, readJobFilters } from "@/features/operator";

export const Route = createFileRoute("/dashboard/operator/jobs")({
  validateSearch: readJobFilters,
  component: Jobs,
});

function Jobs() {
  return <JobsPage filters={Route.useSearch()} />;
}
