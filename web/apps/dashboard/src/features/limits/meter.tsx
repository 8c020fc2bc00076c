import { cn } from "@medea/ui";
import { formatShare, type Gauge, levelOf } from "./amounts";

const FILL = { fine: "bg-primary", near: "bg-warning", spent: "bg-destructive" };

/** What is used of a limit, and lighter behind it what is set aside for answers that are being written. */
export function Meter({ gauge, label }: { gauge: Gauge; label: string }) {
  const { used, reserved, limit, show } = gauge;
  const share = used / limit;
  const held = Math.min(1, (used + reserved) / limit);
  const text = `${show(used)} of ${show(limit)}${gauge.unit === "tokens" ? " tokens" : ""}`;
  return (
    <div className="grid gap-1.5">
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="tabular-nums">
          <span className="font-medium">{show(used)}</span>
          <span className="text-muted-foreground">
            {" of "}
            {show(limit)}
            {gauge.unit === "tokens" ? " tokens" : ""}
          </span>
        </span>
        <span className="text-muted-foreground text-xs tabular-nums">{formatShare(share)}</span>
      </div>
      <meter
        aria-label={label}
        aria-valuetext={text}
        min={0}
        max={limit}
        value={Math.min(used, limit)}
        className="sr-only"
      />
      <div aria-hidden="true" className="relative h-2 overflow-hidden rounded-full bg-secondary">
        <div
          className={cn("absolute inset-y-0 left-0 opacity-35", FILL[levelOf(share)])}
          style={{ width: `${held * 100}%` }}
        />
        <div
          className={cn(
            "absolute inset-y-0 left-0 min-w-0 rounded-full transition-[width]",
            FILL[levelOf(share)],
          )}
          style={{ width: `${Math.min(1, share) * 100}%` }}
        />
      </div>
    </div>
  );
}
