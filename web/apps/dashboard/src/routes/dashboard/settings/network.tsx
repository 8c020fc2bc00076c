import { createFileRoute } from "@tanstack/react-router";
import { NetworkPage, readEgressFilters } from "@/features/network";

export const Route = createFileRoute("/dashboard/settings/network")({
  validateSearch: readEgressFilters,
  component: function Network() {
    return <NetworkPage filters={Route.useSearch()} />;
  },
});
