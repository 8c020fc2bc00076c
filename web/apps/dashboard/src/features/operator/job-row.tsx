import type { Job } from "@medea/api";
import { Badge, RelativeTime } from "@medea/ui";
import { Link } from "@tanstack/react-router";
import { RotateCcwIcon, TrashIcon } from "lucide-react";
import { RowAction } from "@/components/row-action";
import { changed, type JobFilters, queueLabel, stateLabel } from "./filters";
import { tenantLabel } from "./queue-cards";

export interface JobRowProps {
  job: Job;
  filters: JobFilters;
  onRetry: () => void;
  onPurge: () => void;
}

export function JobRow({ job, filters, onRetry, onPurge }: JobRowProps) {
  return (
    <li className="relative grid grid-cols-1 gap-x-6 gap-y-1.5 px-4 py-3 transition-colors hover:bg-muted/60 md:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_10.5rem_4.25rem] md:items-center">
      <div className="min-w-0 pr-20 md:pr-0">
        <Link
          to="/dashboard/operator/jobs"
          search={changed(filters, { job: job.id })}
          data-list-row
          className="block truncate font-medium font-mono text-sm outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:-outline-offset-2"
        >
          {job.task}
        </Link>
        <p className="truncate text-muted-foreground text-xs">{tenantLabel(job.tenant)}</p>
      </div>
      <p className="line-clamp-2 min-w-0 break-words text-muted-foreground text-xs">
        {job.last_error ?? "No failure so far"}
      </p>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-muted-foreground text-xs md:flex-col md:items-end md:text-right">
        <JobState job={job} />
        <span>
          {queueLabel(job.queue)}, <RelativeTime at={job.created_at} />
        </span>
      </div>
      {job.state === "dead" ? (
        <div className="absolute top-2 right-2 z-10 flex gap-1 md:relative md:top-auto md:right-auto">
          <RowAction action="Retry" name={job.task} onClick={onRetry}>
            <RotateCcwIcon />
          </RowAction>
          <RowAction action="Purge" name={job.task} isDestructive onClick={onPurge}>
            <TrashIcon />
          </RowAction>
        </div>
      ) : null}
    </li>
  );
}

const VARIANTS = { dead: "destructive", queued: "outline", running: "info" } as const;

export function JobState({ job }: { job: Job }) {
  return <Badge variant={VARIANTS[job.state]}>{stateLabel(job.state)}</Badge>;
}
