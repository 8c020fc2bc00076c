import type { JobQueue, WorkerProcess } from "@medea/api";
import { Badge, Card } from "@medea/ui";
import { queueLabel } from "./filters";

/** Workers that hold jobs at this moment; idle ones are not seen. */
export function WorkerList({ workers }: { workers: WorkerProcess[] }) {
  if (workers.length === 0) return null;
  return (
    <section className="grid grid-cols-1 gap-3">
      <h2 className="font-semibold text-base">Workers at work</h2>
      <Card className="overflow-hidden">
        <ul className="divide-y" aria-label="Workers at work">
          {workers.map((worker) => (
            <li
              key={worker.name}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 px-4 py-2.5 text-sm"
            >
              <code className="min-w-0 break-all font-mono text-xs">{worker.name}</code>
              <span className="flex flex-wrap items-center gap-2 text-muted-foreground text-xs">
                {Object.entries(worker.running).map(([queue, number]) => (
                  <span key={queue}>
                    {queueLabel(queue as JobQueue)} {number}
                  </span>
                ))}
                {worker.lease_seconds < 0 ? <Badge variant="warning">No sign of life</Badge> : null}
              </span>
            </li>
          ))}
        </ul>
      </Card>
    </section>
  );
}
