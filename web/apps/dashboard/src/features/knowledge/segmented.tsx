import { cn } from "@medea/ui";

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  disabled?: boolean;
}

/** One of a few, side by side. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { label, value, options, onChange, disabled = false } = props;
  return (
    <fieldset
      aria-label={label}
      className="inline-flex w-fit max-w-full items-center gap-0.5 overflow-x-auto rounded-lg bg-secondary p-0.5"
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          disabled={disabled}
          onClick={() => onChange(option.value)}
          className={cn(
            "focus-mark touch-target inline-flex h-7 shrink-0 items-center rounded-md px-2.5 font-medium text-muted-foreground text-xs -outline-offset-1 hover:text-foreground",
            "aria-pressed:bg-card aria-pressed:text-foreground aria-pressed:shadow-xs disabled:opacity-60",
          )}
        >
          {option.label}
        </button>
      ))}
    </fieldset>
  );
}
