import type { DeliveryState } from "@medea/api";
import { textParam } from "@/lib/search-params";

/** What of the deliveries is shown, as the address bar holds it. */
export interface DeliveryFilters {
  state?: DeliveryState;
  /** The delivery whose details are open. */
  delivery?: string;
}

export const STATES: { state: DeliveryState; label: string }[] = [
  { state: "failed", label: "Failed" },
  { state: "pending", label: "On its way" },
  { state: "delivered", label: "Delivered" },
];

export const stateLabel = (state: DeliveryState): string =>
  STATES.find((item) => item.state === state)?.label ?? state;

/** The filters as the address bar holds them; anything unknown there is dropped. */
export function readDeliveryFilters(search: Record<string, unknown>): DeliveryFilters {
  const state = STATES.find((item) => item.state === search.state)?.state;
  return { ...(state ? { state } : {}), ...textParam(search, "delivery") };
}

/** Words for a status and an error, as a row has room for them. */
export function outcomeOf(delivery: {
  last_status: number | null;
  last_error: string | null;
}): string {
  if (delivery.last_error) return delivery.last_error;
  return delivery.last_status === null ? "Not sent yet" : `Answered ${delivery.last_status}`;
}
