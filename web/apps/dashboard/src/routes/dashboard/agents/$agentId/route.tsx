import { createFileRoute, redirect } from "@tanstack/react-router";
import { AgentLayout } from "@/features/agents/editor/agent-layout";
import { agentQuery } from "@/features/agents/queries";

export const Route = createFileRoute("/dashboard/agents/$agentId")({
  // A slug leads here too; the page itself lives under the id, which never changes.
  loader: async ({ context, params, location }) => {
    const agent = await context.queryClient.ensureQueryData(agentQuery(params.agentId));
    if (agent.id === params.agentId) return;
    context.queryClient.setQueryData(agentQuery(agent.id).queryKey, agent);
    const href = location.href.replace(`/agents/${params.agentId}`, `/agents/${agent.id}`);
    throw redirect({ href, replace: true });
  },
  component: function Agent() {
    return <AgentLayout agentId={Route.useParams().agentId} />;
  },
});
