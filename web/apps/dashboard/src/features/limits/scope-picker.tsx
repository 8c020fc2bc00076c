import type { Budget } from "@medea/api";
import { cn, FieldGroup } from "@medea/ui";
import { BotIcon, BuildingIcon, UsersIcon } from "lucide-react";

const SCOPES = [
  { scope: "tenant", label: "All agents", hint: "Together", icon: BuildingIcon },
  { scope: "agent", label: "One agent", hint: "On its own", icon: BotIcon },
  { scope: "end_user", label: "Each visitor", hint: "For themselves", icon: UsersIcon },
] as const;

export interface ScopePickerProps {
  value: Budget["scope"];
  onChange: (scope: Budget["scope"]) => void;
}

/** Whom a budget is about. */
export function ScopePicker({ value, onChange }: ScopePickerProps) {
  return (
    <FieldGroup legend="For">
      <div className="grid gap-2 sm:grid-cols-3">
        {SCOPES.map(({ scope, label, hint, icon: Icon }) => (
          <label
            key={scope}
            className={cn(
              "relative flex cursor-pointer gap-2.5 rounded-lg border p-3 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2",
              scope === value ? "border-primary bg-primary/5" : "hover:bg-muted",
            )}
          >
            <input
              type="radio"
              name="scope"
              value={scope}
              checked={scope === value}
              onChange={() => onChange(scope)}
              className="sr-only"
              aria-label={label}
              aria-describedby={`scope-${scope}`}
            />
            <Icon className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
            <span className="grid gap-0.5">
              <span className="font-medium text-sm">{label}</span>
              <span id={`scope-${scope}`} className="text-muted-foreground text-xs">
                {hint}
              </span>
            </span>
          </label>
        ))}
      </div>
    </FieldGroup>
  );
}
