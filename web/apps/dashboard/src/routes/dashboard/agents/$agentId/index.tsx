import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/dashboard/agents/$agentId/")({
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/dashboard/agents/$agentId/prompt", params, replace: true });
  },
});
