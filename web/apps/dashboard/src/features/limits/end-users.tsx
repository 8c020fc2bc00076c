import type { Budget } from "@medea/api";
import { gaugesOf } from "./amounts";
import { Meter } from "./meter";

const SHOWN = 3;

const people = (count: number): string => `${count} ${count === 1 ? "visitor" : "visitors"}`;

/** How visitors stand in a budget that each of them has: how many are near their limit, and who foremost. */
export function EndUsers({ budget }: { budget: Budget }) {
  const { end_users: ends, limit_usd, limit_tokens } = budget;
  if (!ends || ends.seen === 0) {
    return <p className="text-muted-foreground text-sm">No visitor has used any of it yet.</p>;
  }
  const remarks = [
    ends.spent > 0 ? `${people(ends.spent)} used it up` : null,
    ends.near > 0 ? `${people(ends.near)} nearly` : null,
  ].filter(Boolean);
  return (
    <div className="grid grid-cols-1 gap-3">
      <p className="text-sm">
        {people(ends.seen)} so far
        {remarks.length > 0 ? `; ${remarks.join(", ")}` : ", none near the limit"}.
      </p>
      <ul className="grid grid-cols-1 gap-3 sm:grid-cols-3 sm:gap-5">
        {ends.top.slice(0, SHOWN).map((one) => (
          <li key={one.end_user} className="grid min-w-0 grid-cols-1 gap-1">
            <code className="truncate font-mono text-muted-foreground text-xs">{one.end_user}</code>
            {gaugesOf({ ...one, limit_usd, limit_tokens }).map((gauge) => (
              <Meter
                key={gauge.unit}
                gauge={gauge}
                label={`${budget.name}, visitor ${one.end_user}: ${gauge.unit} used`}
              />
            ))}
          </li>
        ))}
      </ul>
    </div>
  );
}
