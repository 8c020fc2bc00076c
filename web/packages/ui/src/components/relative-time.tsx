import { useEffect, useState } from "react";

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 hours ago", "in 2 days"; under a minute "just now". `from` and `now` in milliseconds. */
export function formatRelative(from: number, now: number, locale?: string): string {
  const seconds = Math.round((from - now) / 1000);
  const size = Math.abs(seconds);
  for (const [unit, length] of steps) {
    if (size >= length) {
      const amount = Math.trunc(seconds / length);
      return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(amount, unit);
    }
  }
  return "just now";
}

/** A date and time in full, in the reader's own zone. */
export function formatDateTime(at: string | number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(at),
  );
}

export interface RelativeTimeProps {
  /** RFC 3339. */
  at: string;
  className?: string;
}

/** How long ago, kept current; the exact time is in the title. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const [now, setNow] = useState(() => Date.now());
  const then = Date.parse(at);
  useEffect(() => {
    const period = Math.abs(Date.now() - then) < 3_600_000 ? 20_000 : 300_000;
    const timer = setInterval(() => setNow(Date.now()), period);
    return () => clearInterval(timer);
  }, [then]);
  if (Number.isNaN(then)) return null;
  return (
    <time data-slot="relative-time" dateTime={at} title={formatDateTime(at)} className={className}>
      {formatRelative(then, now)}
    </time>
  );
}
