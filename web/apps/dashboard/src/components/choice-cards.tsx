import { cn, FieldGroup } from "@medea/ui";
import type { LucideIcon } from "lucide-react";

export interface ChoiceCardsProps<T extends string> {
  legend: string;
  /** Of the radio buttons; one per form. */
  name: string;
  options: readonly { value: T; label: string; hint: string; icon: LucideIcon }[];
  value: T;
  onChange: (value: T) => void;
}

/** One of two or three, each with a word of why. */
export function ChoiceCards<T extends string>(props: ChoiceCardsProps<T>) {
  const { legend, name, options, value, onChange } = props;
  return (
    <FieldGroup legend={legend}>
      <div
        className={cn(
          "grid grid-cols-1 gap-2",
          options.length > 2 ? "sm:grid-cols-3" : "sm:grid-cols-2",
        )}
      >
        {options.map(({ value: option, label, hint, icon: Icon }) => (
          <label
            key={option}
            className={cn(
              "relative flex cursor-pointer gap-2.5 rounded-lg border p-3 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-ring has-focus-visible:outline-offset-2",
              option === value ? "border-primary bg-primary/5" : "hover:bg-muted",
            )}
          >
            <input
              type="radio"
              name={name}
              value={option}
              checked={option === value}
              onChange={() => onChange(option)}
              className="sr-only"
              aria-label={label}
              aria-describedby={`${name}-${option}`}
            />
            <Icon className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
            <span className="grid gap-0.5">
              <span className="font-medium text-sm">{label}</span>
              <span id={`${name}-${option}`} className="text-muted-foreground text-xs">
                {hint}
              </span>
            </span>
          </label>
        ))}
      </div>
    </FieldGroup>
  );
}
