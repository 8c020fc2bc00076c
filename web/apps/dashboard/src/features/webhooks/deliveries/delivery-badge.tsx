import type { Delivery } from "@medea/api";
import { Badge } from "@medea/ui";
import { stateLabel } from "./filters";

const VARIANTS = { delivered: "success", pending: "info", failed: "destructive" } as const;

export const DeliveryBadge = ({ delivery }: { delivery: Delivery }) => (
  <Badge variant={VARIANTS[delivery.state]}>{stateLabel(delivery.state)}</Badge>
);
