/** How often a source is fetched again, in hours; null: only when asked. */
export const SCHEDULES: readonly { value: string; hours: number | null; label: string }[] = [
  { value: "never", hours: null, label: "Only when asked" },
  { value: "1", hours: 1, label: "Every hour" },
  { value: "6", hours: 6, label: "Every 6 hours" },
  { value: "24", hours: 24, label: "Every day" },
  { value: "168", hours: 168, label: "Every week" },
  { value: "720", hours: 720, label: "Every 30 days" },
];

export const scheduleValue = (hours: number | null): string =>
  hours === null ? "never" : String(hours);
