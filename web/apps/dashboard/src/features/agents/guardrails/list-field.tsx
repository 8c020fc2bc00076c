import { FormField, Textarea } from "@medea/ui";
import type { ReactNode } from "react";

interface ListFieldProps {
  label: string;
  hint: ReactNode;
  placeholder?: string;
  value: string[];
  readOnly: boolean;
  error: string | undefined;
  onChange: (rows: string[]) => void;
}

/** A list of short entries, one in each line: quick to paste, quick to read. */
export function ListField(props: ListFieldProps) {
  const { label, hint, placeholder, value, readOnly, error, onChange } = props;
  const filled = value.filter((row) => row.trim() !== "").length;
  return (
    <FormField
      label={label}
      hint={hint}
      error={error}
      aside={filled > 0 ? <span className="tabular-nums">{filled}</span> : null}
    >
      <Textarea
        rows={Math.min(8, Math.max(2, value.length + 1))}
        readOnly={readOnly}
        placeholder={placeholder}
        value={value.join("\n")}
        onChange={(event) => {
          const text = event.target.value;
          onChange(text === "" ? [] : text.split("\n"));
        }}
      />
    </FormField>
  );
}
