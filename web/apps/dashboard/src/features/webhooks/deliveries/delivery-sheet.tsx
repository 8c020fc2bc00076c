import { type DeliveryDetail, type DeliveryTry, messageOf, type Webhook } from "@medea/api";
import {
  Badge,
  Button,
  CodeBlock,
  formatDateTime,
  Sheet,
  SheetContent,
  SheetDescription,
  SheetFooter,
  SheetHeader,
  SheetTitle,
  Skeleton,
  toast,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { RotateCcwIcon } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { formatMilliseconds } from "@/lib/format";
import { isRefusal } from "@/lib/query-client";
import { deliveryQuery, useReplay } from "../queries";
import { DeliveryBadge } from "./delivery-badge";

interface DeliverySheetProps {
  webhook: Webhook;
  deliveryId: string;
  canReplay: boolean;
  onClose: () => void;
}

/** One delivery: what was sent, what each try was answered, and sending it again. */
export function DeliverySheet({ webhook, deliveryId, canReplay, onClose }: DeliverySheetProps) {
  const delivery = useQuery(deliveryQuery(webhook.id, deliveryId));
  const replay = useReplay(webhook.id);
  const again = () =>
    replay.mutate(deliveryId, {
      onSuccess: () => toast.success("On its way again, under the same id"),
      onError: (error) => toast.error(messageOf(error)),
    });
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent className="w-[min(40rem,calc(100%-2.5rem))]">
        <SheetHeader>
          <SheetTitle className="break-all font-mono text-base">
            {delivery.data?.event.type ?? "Delivery"}
          </SheetTitle>
          <SheetDescription className="break-all font-mono text-xs">
            {delivery.data?.event.id ?? deliveryId}
          </SheetDescription>
        </SheetHeader>
        {delivery.isPending ? (
          <div role="status" aria-label="Loading the delivery" className="grid gap-3">
            <Skeleton className="h-5 w-40" />
            <Skeleton className="h-32" />
          </div>
        ) : delivery.isLoadingError || isRefusal(delivery.error) ? (
          <LoadFailure
            error={delivery.error}
            what="the delivery"
            onRetry={() => void delivery.refetch()}
          />
        ) : (
          <Facts delivery={delivery.data} />
        )}
        {canReplay && delivery.data ? (
          <SheetFooter>
            <Button onClick={again} loading={replay.isPending}>
              <RotateCcwIcon />
              Send again
            </Button>
          </SheetFooter>
        ) : null}
      </SheetContent>
    </Sheet>
  );
}

function Facts({ delivery }: { delivery: DeliveryDetail }) {
  return (
    <div className="grid grid-cols-1 gap-5">
      <p className="flex flex-wrap items-center gap-2 text-muted-foreground text-xs">
        <DeliveryBadge delivery={delivery} />
        Happened {formatDateTime(delivery.event.at)}
        {delivery.next_at && delivery.state === "pending" && delivery.attempts > 0
          ? ` · next try ${formatDateTime(delivery.next_at)}`
          : null}
      </p>
      {delivery.tries.length === 0 && delivery.last_error ? (
        <p className="text-sm">{delivery.last_error}</p>
      ) : null}
      <section className="grid grid-cols-1 gap-1.5">
        <h3 className="font-medium text-sm">Sent</h3>
        <CodeBlock code={pretty(delivery.body)} language="json" wrap label="the body sent" />
      </section>
      {[...delivery.tries].reverse().map((one) => (
        <Try key={one.number} one={one} />
      ))}
    </div>
  );
}

function Try({ one }: { one: DeliveryTry }) {
  const head = Object.entries(one.headers).map(([name, value]) => `${name}: ${value}`);
  const text = [...head, ...(head.length > 0 && one.body ? [""] : []), one.body].join("\n");
  return (
    <section className="grid grid-cols-1 gap-1.5">
      <h3 className="flex flex-wrap items-center gap-2 font-medium text-sm">
        Try {one.number}
        <Badge variant={one.error ? "destructive" : "success"}>
          {one.status === null ? "No answer" : `Status ${one.status}`}
        </Badge>
        <span className="font-normal text-muted-foreground text-xs tabular-nums">
          {formatDateTime(one.at)}, {formatMilliseconds(one.duration_ms)}
        </span>
      </h3>
      {one.error ? <p className="text-muted-foreground text-xs">{one.error}</p> : null}
      {text.trim() ? (
        <CodeBlock code={text} wrap label={`the answer to try ${one.number}`} />
      ) : null}
    </section>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
