import type { JobQueue, JobState } from "@medea/api";
import { textParam } from "@/lib/search-params";

/** What of the jobs is shown, as the address bar holds it. Without a state: what was given up. */
export interface JobFilters {
  state?: JobState | "all";
  queue?: JobQueue;
  task?: string;
  /** The job whose details are open. */
  job?: string;
}

export const STATES: { state: JobState | "all"; label: string }[] = [
  { state: "dead", label: "Given up" },
  { state: "queued", label: "Waiting" },
  { state: "running", label: "Running" },
  { state: "all", label: "All states" },
];

export const QUEUES: { queue: JobQueue; label: string; lead: string }[] = [
  { queue: "turns", label: "Answers", lead: "Replies of agents." },
  { queue: "default", label: "Everyday", lead: "Mails, events, upkeep." },
  { queue: "slow", label: "Slow", lead: "Reading of documents." },
  { queue: "webhooks", label: "Webhooks", lead: "Events on their way to tenants' servers." },
];

export const queueLabel = (queue: JobQueue): string =>
  QUEUES.find((item) => item.queue === queue)?.label ?? queue;

export const stateLabel = (state: JobState): string =>
  STATES.find((item) => item.state === state)?.label ?? state;

export const shownState = (filters: JobFilters): JobState | "all" => filters.state ?? "dead";

/** The filters as the address bar holds them; anything unknown there is dropped. */
export function readJobFilters(search: Record<string, unknown>): JobFilters {
  const state = STATES.find((item) => item.state === search.state)?.state;
  const queue = QUEUES.find((item) => item.queue === search.queue)?.queue;
  return {
    ...(state && state !== "dead" ? { state } : {}),
    ...(queue ? { queue } : {}),
    ...textParam(search, "task"),
    ...textParam(search, "job"),
  };
}

/** The filters with one of them changed; null takes one out. */
export function changed(
  filters: JobFilters,
  change: { [Name in keyof JobFilters]?: JobFilters[Name] | null },
): JobFilters {
  const next: Record<string, unknown> = { ...filters, ...change };
  return readJobFilters(next);
}

/** How long something has waited: "3 s", "4 min", "2 h", "5 d". */
export function formatAge(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
