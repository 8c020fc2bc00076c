import { Button, Card, EmptyState, PageHeader, Skeleton } from "@medea/ui";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleCheckIcon, RotateCcwIcon, SearchXIcon, TrashIcon } from "lucide-react";
import { useState } from "react";
import { CursorList, rowsOf } from "@/components/cursor-list";
import { LoadFailure } from "@/components/load-failure";
import { NotFound } from "@/components/not-found";
import { Page } from "@/components/page";
import { formatNumber } from "@/lib/format";
import { usePageTitle } from "@/lib/page-title";
import { useMe } from "@/lib/session";
import { useRowKeys } from "@/lib/use-row-keys";
import { changed, type JobFilters, shownState } from "./filters";
import { type JobAction, JobActionDialog } from "./job-action-dialog";
import { JobFilterBar } from "./job-filter-bar";
import { JobRow } from "./job-row";
import { JobSheet } from "./job-sheet";
import { jobListQuery, processesQuery, queuesQuery } from "./queries";
import { QueueCards } from "./queue-cards";
import { WorkerList } from "./worker-list";

/** What waits, runs and was given up, over all workspaces. To others than operators it is not there. */
export function JobsPage({ filters }: { filters: JobFilters }) {
  return useMe().is_operator ? <Jobs filters={filters} /> : <NotFound />;
}

function Jobs({ filters }: { filters: JobFilters }) {
  usePageTitle("Jobs");
  useRowKeys();
  const navigate = useNavigate();
  const queues = useQuery(queuesQuery);
  const workers = useQuery(processesQuery);
  const [action, setAction] = useState<JobAction | null>(null);
  const close = () =>
    void navigate({ to: "/dashboard/operator/jobs", search: changed(filters, { job: null }) });

  return (
    <Page className="grid grid-cols-1 gap-8">
      <PageHeader
        title="Jobs"
        description="Background work of all workspaces of this installation, as it happens."
      />
      {queues.isPending ? (
        <QueueSkeleton />
      ) : queues.isLoadingError ? (
        <LoadFailure error={queues.error} what="the queues" onRetry={() => void queues.refetch()} />
      ) : (
        <QueueCards queues={queues.data.data} filters={filters} />
      )}
      <JobList filters={filters} onAct={setAction} />
      <WorkerList workers={workers.data?.data ?? []} />
      {filters.job ? (
        <JobSheet
          id={filters.job}
          onClose={close}
          onRetry={(job) => setAction({ verb: "retry", job })}
          onPurge={(job) => setAction({ verb: "purge", job })}
        />
      ) : null}
      {action ? (
        <JobActionDialog
          action={action}
          onClose={() => setAction(null)}
          onDone={() => (filters.job ? close() : undefined)}
        />
      ) : null}
    </Page>
  );
}

interface JobListProps {
  filters: JobFilters;
  onAct: (action: JobAction) => void;
}

function JobList({ filters, onAct }: JobListProps) {
  const list = useInfiniteQuery({
    ...jobListQuery(filters),
    placeholderData: (previous) => previous,
  });
  const jobs = rowsOf(list);
  const isDead = shownState(filters) === "dead";
  const which = {
    ...(filters.queue ? { queue: filters.queue } : {}),
    ...(filters.task ? { task: filters.task } : {}),
  };
  return (
    <section className="grid grid-cols-1 gap-3" aria-label="Jobs">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <JobFilterBar filters={filters} tasks={jobs.map((job) => job.task)} />
        {isDead && jobs.length > 0 ? (
          <div className="flex flex-wrap gap-2">
            <Button variant="outline" onClick={() => onAct({ verb: "retry", which })}>
              <RotateCcwIcon />
              Retry all
            </Button>
            <Button variant="outline" onClick={() => onAct({ verb: "purge", which })}>
              <TrashIcon />
              Purge all
            </Button>
          </div>
        ) : null}
      </div>
      <CursorList
        list={list}
        what="the jobs"
        label="Jobs"
        empty={<NoJobs filters={filters} />}
        count={(rows) => (rows === 1 ? "1 job" : `${formatNumber(rows)} jobs`)}
      >
        {(job) => (
          <JobRow
            job={job}
            filters={filters}
            onRetry={() => onAct({ verb: "retry", job })}
            onPurge={() => onAct({ verb: "purge", job })}
          />
        )}
      </CursorList>
    </section>
  );
}

function NoJobs({ filters }: { filters: JobFilters }) {
  if (shownState(filters) === "dead" && !filters.queue && !filters.task) {
    return (
      <EmptyState
        icon={CircleCheckIcon}
        title="Nothing was given up"
        description="A job that failed for good waits here with its reason, to be retried or forgotten."
      />
    );
  }
  return (
    <EmptyState
      icon={SearchXIcon}
      title="No such jobs"
      description="What is done leaves no trace; this lists only what waits, runs or was given up."
    />
  );
}

function QueueSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading queues"
      className="grid grid-cols-1 gap-3 sm:grid-cols-2"
    >
      {["a", "b", "c", "d"].map((card) => (
        <Card key={card} className="grid gap-4 p-4">
          <Skeleton className="h-5 w-24" />
          <Skeleton className="h-10" />
        </Card>
      ))}
    </div>
  );
}
