import type { LeadFilter } from "@medea/api";
import { textParam } from "@/lib/search-params";

export interface LeadFilters {
  /** Id of an agent. */
  agent?: string;
  /** First and last day, such as `2026-01-31`. */
  from?: string;
  to?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

const isDay = (text: string | undefined): text is string =>
  text !== undefined && DAY.test(text) && !Number.isNaN(Date.parse(text));

/** The filters as the address bar holds them; anything unknown there is dropped. */
export function readLeadFilters(search: Record<string, unknown>): LeadFilters {
  const { agent, from, to } = {
    ...textParam(search, "agent"),
    ...textParam(search, "from"),
    ...textParam(search, "to"),
  };
  return {
    ...(agent?.startsWith("agt_") ? { agent } : {}),
    ...(isDay(from) ? { from } : {}),
    ...(isDay(to) ? { to } : {}),
  };
}

/** Midnight before a day, in the zone of whoever looks, so many days later. */
const midnight = (day: string, later = 0): string => {
  const at = new Date(`${day}T00:00:00`);
  at.setDate(at.getDate() + later);
  return at.toISOString();
};

/** The filters as the API takes them: the last day counts. */
export const asQuery = ({ agent, from, to }: LeadFilters): LeadFilter => ({
  ...(agent ? { agent_id: agent } : {}),
  ...(from ? { after: midnight(from) } : {}),
  ...(to ? { before: midnight(to, 1) } : {}),
});

export const isFiltered = (filters: LeadFilters): boolean =>
  Boolean(filters.agent || filters.from || filters.to);
