import { ApiError, messageOf, type Tool } from "@medea/api";
import {
  Button,
  Card,
  CardDescription,
  CardHeader,
  CardTitle,
  FormField,
  Textarea,
} from "@medea/ui";
import { Play } from "lucide-react";
import { type FormEvent, useState } from "react";
import { readObject, sampleOf } from "../form/schema";
import { useTryTool } from "../queries";
import { Exchange } from "./exchange";

interface TrialPanelProps {
  tool: Tool;
  canWrite: boolean;
  /** The form holds what the server does not have. */
  isDirty: boolean;
}

/** Makes the tool's request with arguments that somebody types, and shows all of it. */
export function TrialPanel({ tool, canWrite, isDirty }: TrialPanelProps) {
  const [typed, setTyped] = useState(() =>
    JSON.stringify(sampleOf({ type: "object", ...tool.parameters }), null, 2),
  );
  const [fault, setFault] = useState<string | null>(null);
  const trial = useTryTool(tool.id);
  const refused = trial.error instanceof ApiError ? trial.error.fields.arguments : undefined;
  const problem = fault ?? (trial.isError ? (refused ?? messageOf(trial.error)) : null);

  function submit(event: FormEvent) {
    event.preventDefault();
    const read = readObject(typed);
    setFault(read.problem);
    if (read.value) trial.mutate(read.value);
  }

  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Try it out</CardTitle>
        <CardDescription>
          The request is made for real, and shown with its answer. Secrets stay hidden.
        </CardDescription>
      </CardHeader>
      <form onSubmit={submit} noValidate className="grid grid-cols-1 gap-4 px-5 py-5">
        <FormField label="Arguments of the model" error={problem}>
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
            disabled={!canWrite || isDirty}
          >
            <Play />
            Send request
          </Button>
          {canWrite && isDirty ? (
            <p className="text-muted-foreground text-xs">Save first: what is saved is sent.</p>
          ) : null}
          {canWrite ? null : (
            <p className="text-muted-foreground text-xs">Your role cannot try tools out.</p>
          )}
        </div>
      </form>
      <div aria-live="polite">{trial.data ? <Exchange trial={trial.data} /> : null}</div>
    </Card>
  );
}
