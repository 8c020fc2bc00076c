import { createFileRoute } from "@tanstack/react-router";
import { BaseLayout, baseQuery } from "@/features/knowledge";

export const Route = createFileRoute("/dashboard/knowledge/$baseId")({
  loader: ({ context, params }) =>
    context.queryClient.ensureQueryData(baseQuery(params.baseId)).then(() => undefined),
  component: function Base() {
    const { baseId } = Route.useParams();
    return <BaseLayout key={baseId} baseId={baseId} />;
  },
});
