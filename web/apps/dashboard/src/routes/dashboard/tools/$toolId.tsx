import { createFileRoute } from "@tanstack/react-router";
import { ToolPage, toolQuery } from "@/features/tools";

export const Route = createFileRoute("/dashboard/tools/$toolId")({
  loader: ({ context, params }) =>
    context.queryClient.ensureQueryData(toolQuery(params.toolId)).then(() => undefined),
  component: function Tool() {
    const { toolId } = Route.useParams();
    return <ToolPage key={toolId} toolId={toolId} />;
  },
});
