import { createFileRoute } from "@tanstack/react-router";
import { AgentLayout } from "@/features/agents/editor/agent-layout";
import { agentQuery } from "@/features/agents/queries";

export const Route = createFileRoute("/dashboard/agents/$agentId")({
  loader: ({ context, params }) => context.queryClient.ensureQueryData(agentQuery(params.agentId)),
  component: function Agent() {
    return <AgentLayout agentId={Route.useParams().agentId} />;
  },
});
