import { createFileRoute } from "@tanstack/react-router";
import { ServerPage, serverQuery } from "@/features/tools";

export const Route = createFileRoute("/dashboard/tools/mcp/$serverId")({
  loader: ({ context, params }) =>
    context.queryClient.ensureQueryData(serverQuery(params.serverId)).then(() => undefined),
  component: function Server() {
    const { serverId } = Route.useParams();
    return <ServerPage key={serverId} serverId={serverId} />;
  },
});
