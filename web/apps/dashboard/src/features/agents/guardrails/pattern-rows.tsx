import type { NamedPattern } from "@medea/api";
import { Button, FieldGroup, Input } from "@medea/ui";
import { Plus, X } from "lucide-react";

interface PatternRowsProps {
  legend: string;
  hint: string;
  most: number;
  value: NamedPattern[];
  readOnly: boolean;
  error: string | undefined;
  onChange: (rows: NamedPattern[]) => void;
}

/** Regular expressions, each with the name that transcripts call it by. */
export function PatternRows(props: PatternRowsProps) {
  const { legend, hint, most, value, readOnly, error, onChange } = props;
  const change = (index: number, values: Partial<NamedPattern>) =>
    onChange(value.map((row, at) => (at === index ? { ...row, ...values } : row)));
  return (
    <FieldGroup legend={legend} hint={hint} error={error}>
      {value.length > 0 ? (
        <ul className="grid gap-2">
          {value.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
            <li key={index} className="flex flex-wrap items-center gap-2 sm:flex-nowrap">
              <Input
                aria-label={`Name of pattern ${index + 1}`}
                className="sm:w-44"
                placeholder="order_number"
                maxLength={24}
                value={row.name}
                readOnly={readOnly}
                onChange={(event) => change(index, { name: event.target.value })}
              />
              <Input
                aria-label={`Pattern ${index + 1}`}
                className="min-w-0 flex-1 font-mono text-xs"
                placeholder="ORD-[0-9]{6}"
                maxLength={300}
                spellCheck={false}
                value={row.pattern}
                readOnly={readOnly}
                onChange={(event) => change(index, { pattern: event.target.value })}
              />
              {readOnly ? null : (
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Remove pattern ${index + 1}`}
                  onClick={() => onChange(value.filter((_, at) => at !== index))}
                >
                  <X />
                </Button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {readOnly || value.length >= most ? null : (
        <Button
          variant="outline"
          size="sm"
          className="justify-self-start"
          onClick={() => onChange([...value, { name: "", pattern: "" }])}
        >
          <Plus />
          Add a pattern
        </Button>
      )}
    </FieldGroup>
  );
}
