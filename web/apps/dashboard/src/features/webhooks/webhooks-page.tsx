import type { Webhook } from "@medea/api";
import { Button, Card, EmptyState, PageHeader, RelativeTime, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PlusIcon, WebhookIcon } from "lucide-react";
import { useState } from "react";
import { LoadFailure } from "@/components/load-failure";
import { Page } from "@/components/page";
import { ReadOnlyNotice } from "@/components/read-only-notice";
import { usePageTitle } from "@/lib/page-title";
import { useCan } from "@/lib/session";
import { useRowKeys } from "@/lib/use-row-keys";
import { EventBadges } from "./event-badges";
import { nameOf } from "./name";
import { webhooksQuery } from "./queries";
import { WebhookDialog } from "./webhook-dialog";
import { WebhookState } from "./webhook-state";

export function WebhooksPage() {
  usePageTitle("Webhooks");
  useRowKeys();
  const canWrite = useCan("webhooks:write");
  const webhooks = useQuery(webhooksQuery);
  const [isCreating, setCreating] = useState(false);
  const isEmpty = webhooks.data?.length === 0;
  const create = canWrite ? (
    <Button onClick={() => setCreating(true)}>
      <PlusIcon />
      Add webhook
    </Button>
  ) : null;
  return (
    <Page className="grid grid-cols-1 gap-8">
      <PageHeader
        title="Webhooks"
        description="What happens here, sent to your own servers: signed, and tried again for a day."
        actions={isEmpty ? null : create}
      />
      {canWrite ? null : <ReadOnlyNotice what="the webhooks" />}
      {webhooks.isPending ? (
        <Card className="grid gap-4 p-4" role="status" aria-label="Loading webhooks">
          <Skeleton className="h-9" />
          <Skeleton className="h-9" />
        </Card>
      ) : webhooks.isLoadingError ? (
        <LoadFailure
          error={webhooks.error}
          what="the webhooks"
          onRetry={() => void webhooks.refetch()}
        />
      ) : isEmpty ? (
        <EmptyState
          icon={WebhookIcon}
          title="No webhook yet"
          description="Let your CRM have each lead, or your chat each request for a person, the moment it happens."
          action={create}
        />
      ) : (
        <Card className="overflow-hidden">
          <ul className="divide-y" aria-label="Webhooks">
            {webhooks.data.map((webhook) => (
              <WebhookRow key={webhook.id} webhook={webhook} />
            ))}
          </ul>
        </Card>
      )}
      {isCreating ? <WebhookDialog onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  return (
    <li className="relative grid grid-cols-1 gap-x-6 gap-y-2 px-4 py-3.5 transition-colors hover:bg-muted/60 md:grid-cols-[minmax(0,1.3fr)_minmax(0,1fr)_9rem] md:items-center">
      <div className="min-w-0">
        <Link
          to="/dashboard/webhooks/$webhookId"
          params={{ webhookId: webhook.id }}
          data-list-row
          dir="auto"
          className="block truncate font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
        >
          {nameOf(webhook)}
        </Link>
        <p className="truncate font-mono text-muted-foreground text-xs">{webhook.url}</p>
      </div>
      <EventBadges events={webhook.events} most={3} />
      <div className="flex items-center gap-2 text-muted-foreground text-xs md:flex-col md:items-end md:gap-0.5">
        <WebhookState webhook={webhook} />
        <span>
          {webhook.last_success_at ? (
            <>
              Delivered <RelativeTime at={webhook.last_success_at} />
            </>
          ) : (
            "Nothing delivered yet"
          )}
        </span>
      </div>
    </li>
  );
}
