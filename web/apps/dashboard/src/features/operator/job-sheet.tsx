import type { JobDetail } from "@medea/api";
import {
  Button,
  CodeBlock,
  formatDateTime,
  Sheet,
  SheetContent,
  SheetDescription,
  SheetFooter,
  SheetHeader,
  SheetTitle,
  Skeleton,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { RotateCcwIcon, TrashIcon } from "lucide-react";
import { LoadFailure } from "@/components/load-failure";
import { isRefusal } from "@/lib/query-client";
import { queueLabel } from "./filters";
import { JobState } from "./job-row";
import { jobQuery } from "./queries";
import { tenantLabel } from "./queue-cards";

export interface JobSheetProps {
  id: string;
  onClose: () => void;
  onRetry: (job: JobDetail) => void;
  onPurge: (job: JobDetail) => void;
}

/** One job: its arguments, its last failure, and what can be done. */
export function JobSheet({ id, onClose, onRetry, onPurge }: JobSheetProps) {
  const job = useQuery(jobQuery(id));
  const dead = job.data?.state === "dead" ? job.data : null;
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent className="w-[min(36rem,calc(100%-2.5rem))]">
        <SheetHeader>
          <SheetTitle className="break-all font-mono text-base">
            {job.data?.task ?? "Job"}
          </SheetTitle>
          <SheetDescription className="break-all font-mono text-xs">{id}</SheetDescription>
        </SheetHeader>
        {job.isPending ? (
          <div role="status" aria-label="Loading the job" className="grid gap-3">
            <Skeleton className="h-5 w-40" />
            <Skeleton className="h-32" />
          </div>
        ) : job.isLoadingError || isRefusal(job.error) ? (
          <LoadFailure error={job.error} what="the job" onRetry={() => void job.refetch()} />
        ) : (
          <JobFacts job={job.data} />
        )}
        {dead ? (
          <SheetFooter className="flex-row flex-wrap">
            <Button onClick={() => onRetry(dead)}>
              <RotateCcwIcon />
              Retry
            </Button>
            <Button variant="outline" onClick={() => onPurge(dead)}>
              <TrashIcon />
              Purge
            </Button>
          </SheetFooter>
        ) : null}
      </SheetContent>
    </Sheet>
  );
}

function JobFacts({ job }: { job: JobDetail }) {
  const facts: [string, string | null][] = [
    ["Workspace", tenantLabel(job.tenant)],
    ["Queue", queueLabel(job.queue)],
    ["Attempts", `${job.attempts} of ${job.max_attempts}`],
    ["Written", formatDateTime(job.created_at)],
    ["Due", formatDateTime(job.run_at)],
    ["Expires", job.expires_at ? formatDateTime(job.expires_at) : null],
    ["Worker", job.lease_owner],
    ["Trace", job.trace],
  ];
  return (
    <div className="grid grid-cols-1 gap-5">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-6 gap-y-1.5 text-sm">
        <dt className="text-muted-foreground">State</dt>
        <dd>
          <JobState job={job} />
        </dd>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name} className="contents">
              <dt className="text-muted-foreground">{name}</dt>
              <dd className="break-words">{value}</dd>
            </div>
          ),
        )}
      </dl>
      {job.last_error ? (
        <section className="grid grid-cols-1 gap-1.5">
          <h3 className="font-medium text-sm">Last failure</h3>
          <CodeBlock code={job.last_error} wrap label="last failure" />
        </section>
      ) : null}
      <section className="grid grid-cols-1 gap-1.5">
        <h3 className="font-medium text-sm">Arguments</h3>
        <CodeBlock
          code={JSON.stringify(job.payload, null, 2)}
          language="json"
          wrap
          label="arguments"
        />
      </section>
    </div>
  );
}
