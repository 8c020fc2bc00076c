import type { JobState } from "@medea/api";
import { Button, Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { XIcon } from "lucide-react";
import { FilterSelect } from "@/components/filter-select";
import { changed, type JobFilters, QUEUES, STATES, shownState } from "./filters";

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
      <FilterSelect
        label="Queue"
        all="All queues"
        options={QUEUES.map(({ queue, label }) => ({ value: queue, label }))}
        value={filters.queue}
        onChange={(queue) => apply({ queue: queue ?? null })}
        className="min-w-0 flex-1 sm:w-36 sm:flex-none"
      />
      {choices.length > 0 ? (
        <FilterSelect
          label="Task"
          all="All tasks"
          options={choices.map((task) => ({ value: task, label: task }))}
          value={filters.task}
          onChange={(task) => apply({ task: task ?? null })}
          className="w-full min-w-0 sm:w-64"
        />
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
