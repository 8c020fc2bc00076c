import { createFileRoute } from "@tanstack/react-router";
import { ConversationsPage, readFilters } from "@/features/conversations";

export const Route = createFileRoute("/dashboard/conversations/")({
  validateSearch: readFilters,
  component: Conversations,
});

function Conversations() {
  return <ConversationsPage filters={Route.useSearch()} />;
}
