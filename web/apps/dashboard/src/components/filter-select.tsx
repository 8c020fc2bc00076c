import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@medea/ui";

/** Of the item that takes the filter out; no value of a filter is called so. */
const ALL = "all";

export interface FilterSelectProps<T extends string> {
  label: string;
  /** Said where nothing is chosen: "All states". */
  all: string;
  options: readonly { value: T; label: string }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
  className?: string | undefined;
}

/** A filter of a list: one of few, or all. */
export function FilterSelect<T extends string>(props: FilterSelectProps<T>) {
  const { label, all, options, value, onChange, className } = props;
  return (
    <Select
      value={value ?? ALL}
      onValueChange={(chosen) => onChange(chosen === ALL ? undefined : (chosen as T))}
    >
      <SelectTrigger aria-label={label} className={className}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        <SelectItem value={ALL}>{all}</SelectItem>
        {options.map((option) => (
          <SelectItem key={option.value} value={option.value}>
            {option.label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
