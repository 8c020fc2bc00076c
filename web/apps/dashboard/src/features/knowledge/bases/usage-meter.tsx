import type { Allowance } from "@medea/api";
import { cn, Skeleton } from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { formatNumber } from "@/lib/format";
import { formatBytes } from "@/lib/format-bytes";
import { usageQuery } from "../queries";

/** How much of the plan's room is taken. */
export function UsageMeters() {
  const usage = useQuery(usageQuery);
  // Without it the page still does its work; its figures are no reason to stop.
  if (usage.isError) return null;
  if (usage.isPending) return <Skeleton className="h-14 w-full" />;
  const { bases, documents, bytes, pages } = usage.data;
  return (
    <dl className="grid grid-cols-1 gap-x-8 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
      <Meter label="Knowledge bases" allowance={bases} format={formatNumber} />
      <Meter label="Storage" allowance={bytes} format={formatBytes} />
      <Meter label="Documents" allowance={documents} format={formatNumber} />
      <Meter label="Pages" allowance={pages} format={formatNumber} />
    </dl>
  );
}

interface MeterProps {
  label: string;
  allowance: Allowance;
  format: (value: number) => string;
}

function Meter({ label, allowance, format }: MeterProps) {
  const { used, limit } = allowance;
  const share = limit ? Math.min(1, used / limit) : 0;
  const left = limit === null ? null : Math.max(0, limit - used);
  return (
    <div className="grid gap-1.5">
      <dt className="flex items-baseline justify-between gap-3 text-muted-foreground text-xs">
        <span>{label}</span>
        {left === null ? null : (
          <span className={cn("tabular-nums", share > 0.9 && "font-medium text-warning")}>
            {format(left)} left
          </span>
        )}
      </dt>
      <dd className="grid gap-1.5">
        {limit === null ? null : (
          <span
            aria-hidden="true"
            className="block h-1.5 overflow-hidden rounded-full bg-secondary"
          >
            <span
              className={cn(
                "block h-full rounded-full",
                share > 0.98 ? "bg-destructive" : share > 0.9 ? "bg-warning" : "bg-primary",
              )}
              style={{ width: used > 0 ? `max(4px, ${share * 100}%)` : 0 }}
            />
          </span>
        )}
        <span className="text-sm tabular-nums">
          {format(used)}
          {limit === null ? null : (
            <span className="text-muted-foreground"> of {format(limit)}</span>
          )}
        </span>
      </dd>
    </div>
  );
}
