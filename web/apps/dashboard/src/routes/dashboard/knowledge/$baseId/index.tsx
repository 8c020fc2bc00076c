import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/dashboard/knowledge/$baseId/")({
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/dashboard/knowledge/$baseId/documents", params, replace: true });
  },
});
