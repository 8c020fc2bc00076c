import { createFileRoute } from "@tanstack/react-router";
import { ConversationPage } from "@/features/conversations";

type View = "transcript" | "events";

export const Route = createFileRoute("/dashboard/conversations/$conversationId")({
  validateSearch: (search: Record<string, unknown>): { view?: View } =>
    search.view === "events" ? { view: "events" } : {},
  component: Conversation,
});

function Conversation() {
  const { conversationId } = Route.useParams();
  const { view = "transcript" } = Route.useSearch();
  return <ConversationPage key={conversationId} id={conversationId} view={view} />;
}
