import type { Webhook } from "@medea/api";
import { Badge } from "@medea/ui";

export function WebhookState({ webhook }: { webhook: Webhook }) {
  if (!webhook.is_enabled) {
    const isOwners = webhook.disabled_reason === "owner";
    return <Badge variant={isOwners ? "outline" : "destructive"}>Disabled</Badge>;
  }
  if (webhook.failing_since) return <Badge variant="warning">Failing</Badge>;
  return <Badge variant="success">Enabled</Badge>;
}

/** Why a webhook gets nothing, or is about to; null where all is well. */
export function troubleOf(webhook: Webhook): string | null {
  if (webhook.disabled_reason === "gone")
    return "The server answered with status 410: it wants no more events. Enable the webhook when it does again.";
  if (webhook.disabled_reason === "failing")
    return "For days nothing has arrived, so no more is sent. Mend the server, enable the webhook, and send again what has failed.";
  if (webhook.disabled_reason === "owner")
    return "Disabled by hand. What happens meanwhile is not sent later.";
  if (webhook.failing_since)
    return "Nothing arrives at the moment. What fails is tried again for a day; after three days of nothing but failures the webhook is disabled.";
  return null;
}
