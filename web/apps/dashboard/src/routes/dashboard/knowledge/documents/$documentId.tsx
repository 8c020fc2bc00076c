import { createFileRoute } from "@tanstack/react-router";
import { DocumentPage, type Place } from "@/features/knowledge";
import { textParam } from "@/lib/search-params";

export const Route = createFileRoute("/dashboard/knowledge/documents/$documentId")({
  validateSearch: (search: Record<string, unknown>): Place => ({
    ...textParam(search, "chunk"),
    ...textParam(search, "quote"),
    ...(Number(search.page) >= 1 ? { page: Math.floor(Number(search.page)) } : {}),
    ...(search.view === "text" || search.view === "page" ? { view: search.view } : {}),
  }),
  component: Document,
});

function Document() {
  const { documentId } = Route.useParams();
  const navigate = Route.useNavigate();
  return (
    <DocumentPage
      key={documentId}
      id={documentId}
      place={Route.useSearch()}
      onPlace={(search) => void navigate({ search, replace: true, resetScroll: false })}
    />
  );
}
