import { createFileRoute, redirect } from "@tanstack/react-router";
import { LoginPage } from "@/features/auth/login-page";
import { safeReturnPath } from "@/features/auth/return-path";
import { textParam } from "@/lib/search-params";
import { meQuery } from "@/lib/session";

export const Route = createFileRoute("/login")({
  validateSearch: (search) => textParam(search, "next"),
  beforeLoad: async ({ context, search }) => {
    const me = await context.queryClient.ensureQueryData(meQuery).catch(() => null);
    if (me) throw redirect({ href: safeReturnPath(search.next) });
  },
  component: function Login() {
    return <LoginPage next={Route.useSearch().next} />;
  },
});
