import { Label, Switch } from "@medea/ui";
import { type ReactNode, useId } from "react";

interface RuleSwitchProps {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}

/** One rule that is on or off, with what it does. */
export function RuleSwitch({ label, hint, checked, disabled, onChange }: RuleSwitchProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <Switch
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={onChange}
      />
      <div className="grid gap-0.5">
        <Label htmlFor={id} className="font-normal text-sm">
          {label}
        </Label>
        {hint ? (
          <p id={`${id}-hint`} className="max-w-prose text-muted-foreground text-xs">
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
