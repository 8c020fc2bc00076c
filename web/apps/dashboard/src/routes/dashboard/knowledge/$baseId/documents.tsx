import { createFileRoute } from "@tanstack/react-router";
import {
  type Adding,
  type DocumentFilters,
  DocumentsTab,
  STATUSES,
  useBase,
} from "@/features/knowledge";
import { textParam } from "@/lib/search-params";

const WAYS: readonly Adding[] = ["text", "answer", "page", "sitemap"];

type Search = DocumentFilters & { add?: Adding };

export const Route = createFileRoute("/dashboard/knowledge/$baseId/documents")({
  validateSearch: (search: Record<string, unknown>): Search => {
    const status = STATUSES.find((one) => one === search.status);
    const add = WAYS.find((one) => one === search.add);
    return { ...textParam(search, "q"), ...(status ? { status } : {}), ...(add ? { add } : {}) };
  },
  component: Documents,
});

function Documents() {
  const { add, ...filters } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <DocumentsTab
      base={useBase()}
      filters={filters}
      adding={add ?? null}
      onFilter={(search) => void navigate({ search, replace: true })}
      onAdding={(way) =>
        void navigate({ search: way ? { ...filters, add: way } : filters, replace: true })
      }
    />
  );
}
