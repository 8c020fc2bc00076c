import { createFileRoute } from "@tanstack/react-router";
import { SignupPage } from "@/features/auth/signup-page";
import { textParam } from "@/lib/search-params";

export const Route = createFileRoute("/signup")({
  validateSearch: (search) => textParam(search, "next"),
  component: function Signup() {
    return <SignupPage next={Route.useSearch().next} />;
  },
});
