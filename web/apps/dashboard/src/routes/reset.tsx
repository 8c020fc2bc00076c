import { createFileRoute } from "@tanstack/react-router";
import { ResetPage } from "@/features/auth/reset-page";
import { textParam } from "@/lib/search-params";

export const Route = createFileRoute("/reset")({
  validateSearch: (search) => textParam(search, "token"),
  component: function Reset() {
    return <ResetPage token={Route.useSearch().token} />;
  },
});
