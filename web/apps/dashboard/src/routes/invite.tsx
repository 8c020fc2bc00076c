import { createFileRoute } from "@tanstack/react-router";
import { InvitePage } from "@/features/auth/invite-page";
import { textParam } from "@/lib/search-params";
import { meQuery } from "@/lib/session";

export const Route = createFileRoute("/invite")({
  validateSearch: (search) => textParam(search, "token"),
  beforeLoad: async ({ context }) => {
    await context.queryClient.ensureQueryData(meQuery).catch(() => null);
  },
  component: function Invite() {
    return <InvitePage token={Route.useSearch().token} />;
  },
});
