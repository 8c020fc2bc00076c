import type { Delivery } from "@medea/api";
import { Badge } from "@medea/ui";
import { stateLabel } from "./filters";

const VARIANTS = { delivered: "success", pending: "info", failed: "destructive" } as const;

/** Where a delivery stands; one that was tried in vain and is tried again says so. */
export function DeliveryBadge({ delivery }: { delivery: Delivery }) {
  if (delivery.state === "pending" && delivery.attempts > 0) {
    return <Badge variant="warning">Trying again</Badge>;
  }
  return <Badge variant={VARIANTS[delivery.state]}>{stateLabel(delivery.state)}</Badge>;
}
