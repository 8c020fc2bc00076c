import { createFileRoute } from "@tanstack/react-router";
import { LeadsPage, readLeadFilters } from "@/features/leads";

export const Route = createFileRoute("/dashboard/leads")({
  validateSearch: readLeadFilters,
  component: Leads,
});

function Leads() {
  return <LeadsPage filters={Route.useSearch()} />;
}
