import type { Budget } from "@medea/api";
import {
  FormField,
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
  Switch,
} from "@medea/ui";
import { useQuery } from "@tanstack/react-query";
import { allAgentsQuery } from "@/features/agents";

const ALL = "all";

export interface AgentSelectProps {
  value: string;
  isRequired: boolean;
  error: string | undefined;
  onChange: (id: string) => void;
}

/** One agent, or all where that may be. */
export function AgentSelect({ value, isRequired, error, onChange }: AgentSelectProps) {
  const agents = useQuery(allAgentsQuery);
  const list = agents.data?.data ?? [];
  return (
    <FormField label="Agent" error={error}>
      <Select
        value={value || (isRequired ? "" : ALL)}
        onValueChange={(next) => onChange(next === ALL ? "" : next)}
      >
        <SelectTrigger>
          <SelectValue placeholder="Choose an agent" />
        </SelectTrigger>
        <SelectContent>
          {isRequired ? null : <SelectItem value={ALL}>All agents</SelectItem>}
          {list.map((agent) => (
            <SelectItem key={agent.id} value={agent.id}>
              {agent.name}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </FormField>
  );
}

export interface PeriodSelectProps {
  value: Budget["period"];
  onChange: (period: Budget["period"]) => void;
}

export function PeriodSelect({ value, onChange }: PeriodSelectProps) {
  return (
    <FormField label="Period" hint="Days and months begin at midnight UTC.">
      <Select value={value} onValueChange={(next) => onChange(next as Budget["period"])}>
        <SelectTrigger>
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value="month">Calendar month</SelectItem>
          <SelectItem value="day">Day</SelectItem>
        </SelectContent>
      </Select>
    </FormField>
  );
}

export interface UnpricedSwitchProps {
  value: Budget["unpriced"];
  onChange: (unpriced: Budget["unpriced"]) => void;
}

export function UnpricedSwitch({ value, onChange }: UnpricedSwitchProps) {
  return (
    <div className="flex items-start gap-3">
      <Switch
        id="budget-unpriced"
        checked={value === "pass"}
        onCheckedChange={(isOn) => onChange(isOn ? "pass" : "refuse")}
        aria-describedby="budget-unpriced-hint"
        className="mt-0.5"
      />
      <label htmlFor="budget-unpriced" className="grid gap-0.5 text-sm">
        <span className="font-medium">Let models without a known price pass</span>
        <span id="budget-unpriced-hint" className="text-muted-foreground text-xs">
          Their calls cost nothing here, as on your own machines. Otherwise they are refused.
        </span>
      </label>
    </div>
  );
}
