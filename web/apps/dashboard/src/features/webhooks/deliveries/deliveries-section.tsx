import type { Delivery, Webhook } from "@medea/api";
import { EmptyState, RelativeTime } from "@medea/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { SearchXIcon, SendIcon } from "lucide-react";
import { CursorList } from "@/components/cursor-list";
import { FilterSelect } from "@/components/filter-select";
import { useRowKeys } from "@/lib/use-row-keys";
import { deliveriesQuery } from "../queries";
import { DeliveryBadge } from "./delivery-badge";
import { DeliverySheet } from "./delivery-sheet";
import { type DeliveryFilters, outcomeOf, STATES } from "./filters";
import { ReplayFailedButton, TestButton } from "./send-buttons";

interface DeliveriesSectionProps {
  webhook: Webhook;
  filters: DeliveryFilters;
  canWrite: boolean;
}

/** What was sent, the newest first. */
export function DeliveriesSection({ webhook, filters, canWrite }: DeliveriesSectionProps) {
  useRowKeys();
  const navigate = useNavigate();
  const list = useInfiniteQuery({
    ...deliveriesQuery(webhook.id, filters),
    placeholderData: (previous) => previous,
  });
  const go = (search: DeliveryFilters) =>
    void navigate({
      to: "/dashboard/webhooks/$webhookId",
      params: { webhookId: webhook.id },
      search,
      replace: true,
    });
  return (
    <section className="grid grid-cols-1 gap-3" aria-label="Deliveries">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold text-base">Deliveries</h2>
        <div className="flex flex-wrap items-center gap-2">
          <FilterSelect
            label="State"
            all="All states"
            options={STATES.map(({ state, label }) => ({ value: state, label }))}
            value={filters.state}
            onChange={(state) => go(state ? { state } : {})}
            className="w-36"
          />
          {canWrite && webhook.is_enabled ? (
            <>
              <ReplayFailedButton webhook={webhook} />
              <TestButton webhook={webhook} />
            </>
          ) : null}
        </div>
      </div>
      <CursorList
        list={list}
        what="the deliveries"
        label="Deliveries"
        empty={<NoDeliveries isFiltered={Boolean(filters.state)} />}
      >
        {(delivery) => <DeliveryRow delivery={delivery} filters={filters} />}
      </CursorList>
      {filters.delivery ? (
        <DeliverySheet
          webhook={webhook}
          deliveryId={filters.delivery}
          canReplay={canWrite && webhook.is_enabled}
          onClose={() => go(filters.state ? { state: filters.state } : {})}
        />
      ) : null}
    </section>
  );
}

function DeliveryRow({ delivery, filters }: { delivery: Delivery; filters: DeliveryFilters }) {
  return (
    <li className="relative grid grid-cols-1 gap-x-6 gap-y-1 px-4 py-2.5 transition-colors hover:bg-muted/60 md:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_10rem] md:items-center">
      <Link
        to="/dashboard/webhooks/$webhookId"
        params={{ webhookId: delivery.webhook_id }}
        search={{ ...filters, delivery: delivery.id }}
        data-list-row
        className="block truncate font-medium font-mono text-xs leading-5 outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
      >
        {delivery.event.type}
      </Link>
      <p className="line-clamp-2 min-w-0 break-words text-muted-foreground text-xs">
        {outcomeOf(delivery)}
        {delivery.attempts > 1 ? ` ${delivery.attempts} tries.` : ""}
      </p>
      <div className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs md:justify-end">
        <DeliveryBadge delivery={delivery} />
        <RelativeTime at={delivery.created_at} />
      </div>
    </li>
  );
}

function NoDeliveries({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState
      icon={SearchXIcon}
      title="No such deliveries"
      description="Nothing is in this state. Deliveries are kept for some days."
    />
  ) : (
    <EmptyState
      icon={SendIcon}
      title="Nothing sent yet"
      description="Send a test event, or wait for something to happen."
    />
  );
}
