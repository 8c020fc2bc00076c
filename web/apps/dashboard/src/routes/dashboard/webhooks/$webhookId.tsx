import { createFileRoute } from "@tanstack/react-router";
import { readDeliveryFilters, WebhookPage, webhookQuery } from "@/features/webhooks";

export const Route = createFileRoute("/dashboard/webhooks/$webhookId")({
  validateSearch: readDeliveryFilters,
  loader: ({ context, params }) =>
    context.queryClient.ensureQueryData(webhookQuery(params.webhookId)).then(() => undefined),
  component: function Webhook() {
    const { webhookId } = Route.useParams();
    return <WebhookPage key={webhookId} webhookId={webhookId} filters={Route.useSearch()} />;
  },
});
