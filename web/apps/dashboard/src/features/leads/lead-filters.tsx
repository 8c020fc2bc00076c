import { Button, Input, Label } from "@medea/ui";
import { useNavigate } from "@tanstack/react-router";
import { XIcon } from "lucide-react";
import { useId } from "react";
import { AgentSelect } from "@/features/agents";
import { isFiltered, type LeadFilters } from "./filters";

/** Filters that live in the address bar, so that a view can be sent to a colleague. */
export function LeadFilterBar({ filters }: { filters: LeadFilters }) {
  const navigate = useNavigate();
  const apply = (search: LeadFilters) =>
    void navigate({ to: "/dashboard/leads", search, replace: true });
  const change = (name: keyof LeadFilters, value: string | undefined) => {
    const { [name]: _before, ...rest } = filters;
    apply(value ? { ...rest, [name]: value } : rest);
  };
  return (
    <search className="flex flex-wrap items-end gap-2">
      <AgentSelect
        by="id"
        value={filters.agent}
        other="Another agent"
        onChange={(agent) => change("agent", agent)}
        className="min-w-0 basis-full sm:w-44 sm:basis-auto"
      />
      <Day
        label="From"
        value={filters.from}
        max={filters.to}
        onChange={(day) => change("from", day)}
      />
      <Day label="To" value={filters.to} min={filters.from} onChange={(day) => change("to", day)} />
      {isFiltered(filters) ? (
        <Button variant="ghost" className="text-muted-foreground" onClick={() => apply({})}>
          <XIcon />
          Clear
        </Button>
      ) : null}
    </search>
  );
}

interface DayProps {
  label: string;
  value: string | undefined;
  min?: string | undefined;
  max?: string | undefined;
  onChange: (day: string) => void;
}

function Day({ label, value = "", min, max, onChange }: DayProps) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-1 basis-[calc(50%-0.25rem)] flex-col gap-1 sm:flex-none sm:basis-auto sm:flex-row sm:items-center sm:gap-2">
      <Label htmlFor={id} className="font-normal text-muted-foreground">
        {label}
      </Label>
      <Input
        id={id}
        type="date"
        className="w-full min-w-0 sm:w-40"
        value={value}
        min={min}
        max={max}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
