import type { JobQueue, JobState } from "@medea/api";
import { Button, Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { XIcon } from "lucide-react";
import { changed, type JobFilters, QUEUES, STATES, shownState } from "./filters";

const ALL = "all";

interface JobFilterBarProps {
  filters: JobFilters;
  /** Names of tasks to choose from. */
  tasks: string[];
}

/** Filters that live in the address bar, so that a view can be sent to a colleague. */
export function JobFilterBar({ filters, tasks }: JobFilterBarProps) {
  const navigate = useNavigate();
  const apply = (change: Parameters<typeof changed>[1]) =>
    void navigate({
      to: "/dashboard/operator/jobs",
      search: changed(filters, { ...change, job: null }),
      replace: true,
    });
  const choices = [...new Set([...tasks, ...(filters.task ? [filters.task] : [])])].sort();
  return (
    <search className="flex w-full flex-wrap items-center gap-2 sm:w-auto">
      <Select
        value={shownState(filters)}
        onValueChange={(value) => apply({ state: value as JobState | "all" })}
      >
        <SelectTrigger aria-label="State" className="min-w-0 flex-1 sm:w-36 sm:flex-none">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {STATES.map(({ state, label }) => (
            <SelectItem key={state} value={state}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      <Select
        value={filters.queue ?? ALL}
        onValueChange={(value) => apply({ queue: value === ALL ? null : (value as JobQueue) })}
      >
        <SelectTrigger aria-label="Queue" className="min-w-0 flex-1 sm:w-36 sm:flex-none">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={ALL}>All queues</SelectItem>
          {QUEUES.map(({ queue, label }) => (
            <SelectItem key={queue} value={queue}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      {choices.length > 0 ? (
        <Select
          value={filters.task ?? ALL}
          onValueChange={(value) => apply({ task: value === ALL ? null : value })}
        >
          <SelectTrigger aria-label="Task" className="w-full min-w-0 sm:w-64">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            <SelectItem value={ALL}>All tasks</SelectItem>
            {choices.map((task) => (
              <SelectItem key={task} value={task}>
                {task}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      ) : null}
      {filters.queue || filters.task || filters.state ? (
        <Button
          variant="ghost"
          className="text-muted-foreground"
          onClick={() => apply({ state: null, queue: null, task: null })}
        >
          <XIcon />
          Clear
        </Button>
      ) : null}
    </search>
  );
}
