import { ApiError, messageOf } from "@medea/api";
import { Button, FormField, Textarea } from "@medea/ui";
import { Play } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { readObject, sampleOf } from "../form/schema";

interface Trial {
  error: unknown;
  isError: boolean;
  isPending: boolean;
  mutate: (args: Record<string, unknown>) => void;
  reset: () => void;
}

interface ArgumentsFormProps {
  /** JSON Schema that an example is made of. */
  parameters: Record<string, unknown>;
  trial: Trial;
  label: string;
  submitLabel: string;
  canWrite: boolean;
  /** Something else has to be done first. */
  isHeldBack?: boolean;
  className?: string;
  /** Beside the button. */
  aside?: ReactNode;
}

/** Arguments that somebody types for a tool, and the button that uses it with them. */
export function ArgumentsForm(props: ArgumentsFormProps) {
  const { parameters, trial, label, submitLabel, canWrite, isHeldBack, className, aside } = props;
  const [typed, setTyped] = useState(() =>
    JSON.stringify(sampleOf({ type: "object", ...parameters }), null, 2),
  );
  const [fault, setFault] = useState<string | null>(null);
  const refused = trial.error instanceof ApiError ? trial.error.fields.arguments : undefined;
  const problem = fault ?? (trial.isError ? (refused ?? messageOf(trial.error)) : null);

  function submit(event: FormEvent) {
    event.preventDefault();
    const read = readObject(typed);
    setFault(read.problem);
    if (read.value) trial.mutate(read.value);
  }

  return (
    <form onSubmit={submit} noValidate className={`grid grid-cols-1 gap-4 ${className ?? ""}`}>
      <FormField label={label} error={problem}>
        <Textarea
          rows={5}
          className="max-h-72 font-mono text-xs"
          spellCheck={false}
          readOnly={!canWrite}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setFault(null);
            if (trial.isError) trial.reset();
          }}
        />
      </FormField>
      <div className="flex flex-wrap items-center gap-3">
        <Button
          type="submit"
          variant="outline"
          loading={trial.isPending}
          disabled={!canWrite || isHeldBack === true}
        >
          <Play />
          {submitLabel}
        </Button>
        {aside}
      </div>
    </form>
  );
}
