import { FormField, Textarea } from "@medea/ui";

interface ReplyFieldProps {
  label: string;
  value: string;
  readOnly: boolean;
  error: string | undefined;
  onChange: (text: string) => void;
}

/** The sentence that stands in place of what a rule keeps back. */
export function ReplyField({ label, value, readOnly, error, onChange }: ReplyFieldProps) {
  return (
    <FormField label={label} error={error}>
      <Textarea
        rows={2}
        maxLength={500}
        readOnly={readOnly}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </FormField>
  );
}
