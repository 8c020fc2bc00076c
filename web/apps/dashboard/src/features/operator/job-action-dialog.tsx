import type { DeadJobs, Job } from "@medea/api";
import { ConfirmDialog, toast } from "@medea/ui";
import { formatNumber } from "@/lib/format";
import { queueLabel } from "./filters";
import { usePurgeDead, usePurgeJob, useRetryDead, useRetryJob } from "./queries";

/** What is to be done, to one job or to all that were given up and match. */
export type JobAction =
  | { verb: "retry" | "purge"; job: Job }
  | { verb: "retry" | "purge"; which: DeadJobs };

export interface JobActionDialogProps {
  action: JobAction;
  onClose: () => void;
  onDone: () => void;
}

/** Asks first: a retry does things in the name of others, a purge cannot be taken back. */
export function JobActionDialog({ action, onClose, onDone }: JobActionDialogProps) {
  const one = { retry: useRetryJob(), purge: usePurgeJob() };
  const all = { retry: useRetryDead(), purge: usePurgeDead() };
  const isRetry = action.verb === "retry";

  async function act() {
    if ("job" in action) {
      await one[action.verb].mutateAsync(action.job.id);
      toast.success(isRetry ? "The job waits again" : "The job was purged");
    } else {
      const { count } = await all[action.verb].mutateAsync(action.which);
      const jobs = count === 1 ? "1 job" : `${formatNumber(count)} jobs`;
      const verb = count === 1 ? "waits" : "wait";
      toast.success(isRetry ? `${jobs} ${verb} again` : `${jobs} purged`);
    }
    onDone();
  }

  const what = "job" in action ? action.job.task : scope(action.which);
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isRetry ? `Retry ${what}?` : `Purge ${what}?`}
      description={
        isRetry
          ? "Each job gets three attempts more. Mend what made it fail first, or it will be given up again."
          : "What it was to do will never be done. This cannot be undone."
      }
      confirmLabel={isRetry ? "Retry" : "Purge"}
      variant={isRetry ? "default" : "destructive"}
      onConfirm={act}
    />
  );
}

function scope({ task, queue }: DeadJobs): string {
  const where = queue ? ` of the queue ${queueLabel(queue)}` : "";
  return task ? `all ${task}${where}` : `all jobs${where} that were given up`;
}
