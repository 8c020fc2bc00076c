/** Numbers, money and moments in the reader's own language. */

const language = navigator.language;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const integer = new Intl.NumberFormat(language);
const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["minute", 60],
  ["hour", 3600],
  ["day", 86_400],
];

/** "3 min. ago", "yesterday", and after a week the date. */
export function formatRelative(at: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  if (Number.isNaN(seconds)) return "";
  const distance = Math.abs(seconds);
  if (distance < 45) return "just now";
  if (distance > 7 * 86_400) return day.format(new Date(at));
  let [unit, size] = STEPS[0] as (typeof STEPS)[number];
  for (const step of STEPS) if (distance >= step[1] * 0.95) [unit, size] = step;
  return relative.format(Math.round(seconds / size), unit);
}

export const formatDate = (at: string): string => day.format(new Date(at));
export const formatMoment = (at: string): string => moment.format(new Date(at));
export const formatNumber = (value: number): string => integer.format(value);
export const formatCompact = (value: number): string => compact.format(value);

/** US dollars, with as many digits as a fraction of a cent needs. */
export function formatUsd(value: number): string {
  if (value === 0) return "$0";
  if (value < 0.0001) return "<$0.0001";
  const digits = value < 0.01 ? 4 : value < 1 ? 3 : 2;
  return `$${value.toFixed(digits)}`;
}

export function formatMilliseconds(value: number): string {
  if (value < 1000) return `${Math.round(value)} ms`;
  return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)} s`;
}
