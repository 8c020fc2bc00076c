import type { JobTenant, QueueLoad } from "@medea/api";
import { Badge, Card } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { formatNumber } from "@/lib/format";
import { changed, formatAge, type JobFilters, QUEUES, queueLabel } from "./filters";

/** Seconds after which something that waits deserves a look. */
const LATE = 60;

/** How much is in each queue, and whose the most of it is. */
export function QueueCards({ queues, filters }: { queues: QueueLoad[]; filters: JobFilters }) {
  return (
    <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2" aria-label="Queues">
      {queues.map((queue) => (
        <li key={queue.queue} className="min-w-0">
          <QueueCard queue={queue} filters={filters} />
        </li>
      ))}
    </ul>
  );
}

function QueueCard({ queue, filters }: { queue: QueueLoad; filters: JobFilters }) {
  const isLate = queue.oldest_seconds > LATE;
  return (
    <Card className="grid h-full content-start gap-4 p-4">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="font-semibold">{queueLabel(queue.queue)}</h2>
          <p className="text-muted-foreground text-xs">
            {QUEUES.find((item) => item.queue === queue.queue)?.lead}
          </p>
        </div>
        <QueueMark queue={queue} isLate={isLate} />
      </div>
      <dl className="grid grid-cols-4 gap-2">
        <Figure label="Waiting" value={queue.waiting} />
        <Figure label="Running" value={queue.running} />
        <Figure label="Scheduled" value={queue.scheduled} />
        <Figure label="Given up" value={queue.dead} isBad={queue.dead > 0} />
      </dl>
      {queue.busiest.length > 0 ? (
        <table className="w-full text-xs">
          <caption className="sr-only">
            Who has the most in the queue {queueLabel(queue.queue)}
          </caption>
          <thead className="text-muted-foreground">
            <tr>
              <th scope="col" className="pb-1 text-left font-normal">
                Busiest
              </th>
              <th scope="col" className="pb-1 text-right font-normal">
                Waiting
              </th>
              <th scope="col" className="pb-1 text-right font-normal">
                Running
              </th>
            </tr>
          </thead>
          <tbody className="tabular-nums">
            {queue.busiest.map((load) => (
              <tr key={load.tenant?.id ?? "installation"}>
                <td className="max-w-0 truncate py-0.5 pr-3">{tenantLabel(load.tenant)}</td>
                <td className="w-16 py-0.5 text-right">{formatNumber(load.waiting)}</td>
                <td className="w-16 py-0.5 text-right">{formatNumber(load.running)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {queue.dead > 0 ? (
        <Link
          to="/dashboard/operator/jobs"
          search={changed(filters, { queue: queue.queue, state: null, task: null, job: null })}
          className="w-fit rounded-sm text-sm underline underline-offset-4 focus-mark"
        >
          See what was given up
          <span className="sr-only"> in the queue {queueLabel(queue.queue)}</span>
        </Link>
      ) : null}
    </Card>
  );
}

function QueueMark({ queue, isLate }: { queue: QueueLoad; isLate: boolean }) {
  if (queue.waiting === 0) return <Badge variant="success">Nothing waits</Badge>;
  return (
    <Badge variant={isLate ? "warning" : "info"}>Oldest {formatAge(queue.oldest_seconds)}</Badge>
  );
}

function Figure({ label, value, isBad }: { label: string; value: number; isBad?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-muted-foreground text-xs">{label}</dt>
      <dd
        className={`font-semibold text-lg tabular-nums ${isBad ? "text-destructive" : value === 0 ? "text-muted-foreground" : ""}`}
      >
        {formatNumber(value)}
      </dd>
    </div>
  );
}

/** Whose a job is; the installation's own work is nobody's. */
export function tenantLabel(tenant: JobTenant | null): string {
  if (tenant === null) return "The installation";
  return tenant.name ?? "A deleted workspace";
}
