import { messageOf, type Webhook } from "@medea/api";
import {
  Button,
  Card,
  ConfirmDialog,
  Dialog,
  DialogContent,
  formatDateTime,
  Notice,
  PageHeader,
  toast,
} from "@medea/ui";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { BackLink } from "@/components/back-link";
import { Page } from "@/components/page";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { DeliveriesSection } from "./deliveries/deliveries-section";
import type { DeliveryFilters } from "./deliveries/filters";
import { EventBadges } from "./event-badges";
import { nameOf } from "./name";
import { useDeleteWebhook, useRotateSecret, useUpdateWebhook, webhookQuery } from "./queries";
import { ShownSecret } from "./shown-secret";
import { WebhookDialog } from "./webhook-dialog";
import { troubleOf, WebhookState } from "./webhook-state";

interface WebhookPageProps {
  webhookId: string;
  filters: DeliveryFilters;
}

/** One webhook: what it takes, how it fares, and what was delivered. */
export function WebhookPage({ webhookId, filters }: WebhookPageProps) {
  const { data: webhook } = useSuspenseQuery(webhookQuery(webhookId));
  const name = nameOf(webhook);
  usePageTitle(name);
  const canWrite = useCan("webhooks:write");
  const update = useUpdateWebhook(webhook.id);
  const [open, setOpen] = useState<"edit" | "rotate" | "delete" | null>(null);
  const trouble = troubleOf(webhook);
  const switchTo = async (is_enabled: boolean) => {
    try {
      await update.mutateAsync({ is_enabled });
      toast.success(is_enabled ? "Enabled: events are sent from now on" : "Disabled");
    } catch (error) {
      toast.error(messageOf(error));
    }
  };
  return (
    <Page className="grid grid-cols-1 gap-6">
      <PageHeader
        eyebrow={<BackLink to="/dashboard/webhooks">Webhooks</BackLink>}
        title={name}
        actions={
          canWrite ? (
            <>
              <Button
                variant="outline"
                loading={update.isPending}
                onClick={() => void switchTo(!webhook.is_enabled)}
              >
                {webhook.is_enabled ? "Disable" : "Enable"}
              </Button>
              <Button onClick={() => setOpen("edit")}>Edit</Button>
            </>
          ) : null
        }
      />
      {trouble ? (
        <Notice variant={webhook.is_enabled ? "warning" : "destructive"}>{trouble}</Notice>
      ) : null}
      <Facts webhook={webhook} />
      <DeliveriesSection webhook={webhook} filters={filters} canWrite={canWrite} />
      {canWrite ? (
        <div className="flex flex-wrap gap-2 border-t pt-6">
          <Button variant="outline" onClick={() => setOpen("rotate")}>
            Rotate the secret
          </Button>
          <Button
            variant="ghost"
            className="text-muted-foreground hover:text-destructive"
            onClick={() => setOpen("delete")}
          >
            Delete the webhook
          </Button>
        </div>
      ) : null}
      {open === "edit" ? <WebhookDialog webhook={webhook} onClose={() => setOpen(null)} /> : null}
      {open === "rotate" ? <RotateDialog webhook={webhook} onClose={() => setOpen(null)} /> : null}
      {open === "delete" ? (
        <DeleteDialog webhook={webhook} name={name} onClose={() => setOpen(null)} />
      ) : null}
    </Page>
  );
}

function Facts({ webhook }: { webhook: Webhook }) {
  return (
    <Card className="grid grid-cols-1 gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <WebhookState webhook={webhook} />
        <code className="min-w-0 break-all font-mono text-xs">{webhook.url}</code>
      </div>
      <EventBadges events={webhook.events} />
      {webhook.old_secret_until && new Date(webhook.old_secret_until) > new Date() ? (
        <p className="text-muted-foreground text-xs">
          Signed with the old secret, too, until {formatDateTime(webhook.old_secret_until)}.
        </p>
      ) : null}
    </Card>
  );
}

function RotateDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const rotate = useRotateSecret(webhook.id);
  const [secret, setSecret] = useState<string | null>(null);
  if (secret) {
    return (
      <Dialog open>
        <DialogContent
          showCloseButton={false}
          onEscapeKeyDown={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
        >
          <ShownSecret secret={secret} onDone={onClose} />
        </DialogContent>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(isOpen) => !isOpen && !rotate.isSuccess && onClose()}
      title="Rotate the secret?"
      description="Requests are signed with a new secret from now on, and for a day with the present one, too."
      confirmLabel="Rotate"
      variant="default"
      onConfirm={async () => setSecret((await rotate.mutateAsync(undefined)).secret)}
    />
  );
}

function DeleteDialog(props: { webhook: Webhook; name: string; onClose: () => void }) {
  const remove = useDeleteWebhook();
  const navigate = useNavigate();
  return (
    <ConfirmDialog
      open
      onOpenChange={props.onClose}
      title={`Delete ${props.name}?`}
      description="Its server gets nothing any more, and the list of its deliveries is gone."
      confirmLabel="Delete webhook"
      onConfirm={async () => {
        await remove.mutateAsync(props.webhook.id);
        toast.success(`${props.name} was deleted`);
        void navigate({ to: "/dashboard/webhooks" });
      }}
    />
  );
}
