import { Button, FieldGroup, Input, Notice } from "@medea/ui";
import { PlusIcon, XIcon } from "lucide-react";
import { useRef } from "react";

export interface OriginsFieldProps {
  value: string[];
  onChange: (value: string[]) => void;
  /** Problem of each line, by index. */
  errors: Record<number, string>;
}

/** The websites a publishable key works on: one line each. */
export function OriginsField({ value, onChange, errors }: OriginsFieldProps) {
  const list = useRef<HTMLDivElement>(null);
  const lines = value.length === 0 ? [""] : value;
  const change = (index: number, text: string) =>
    onChange(lines.map((line, at) => (at === index ? text : line)));

  function add() {
    onChange([...lines, ""]);
    requestAnimationFrame(() => {
      const inputs = list.current?.querySelectorAll("input");
      inputs?.[inputs.length - 1]?.focus();
    });
  }

  return (
    <FieldGroup
      legend="Allowed websites"
      hint="Only pages of these origins may open the chat. Subdomains: https://*.example.com"
    >
      <div ref={list} className="grid gap-2">
        {lines.map((line, index) => {
          const error = errors[index];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are told apart by their place.
            <div key={index} className="grid gap-1">
              <div className="flex gap-2">
                <Input
                  value={line}
                  onChange={(event) => change(index, event.target.value)}
                  placeholder="https://www.example.com"
                  aria-label={`Website ${index + 1}`}
                  aria-invalid={error ? true : undefined}
                  aria-describedby={error ? `origin-${index}-error` : undefined}
                  inputMode="url"
                  autoCapitalize="none"
                  autoComplete="off"
                  spellCheck={false}
                />
                {lines.length > 1 ? (
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={`Remove website ${index + 1}`}
                    onClick={() => onChange(lines.filter((_, at) => at !== index))}
                  >
                    <XIcon />
                  </Button>
                ) : null}
              </div>
              {error ? (
                <p id={`origin-${index}-error`} className="text-destructive text-xs">
                  {error}
                </p>
              ) : null}
            </div>
          );
        })}
      </div>
      <Button variant="outline" size="sm" className="w-fit" onClick={add}>
        <PlusIcon />
        Add website
      </Button>
      {value.every((line) => line.trim() === "") ? (
        <Notice variant="warning" className="text-xs">
          Without a website here, anybody may put your assistant on theirs and use up your budget.
        </Notice>
      ) : null}
    </FieldGroup>
  );
}
