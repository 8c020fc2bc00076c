import type { Tool } from "@medea/api";
import { Card, CardDescription, CardHeader, CardTitle } from "@medea/ui";
import { useTryTool } from "../queries";
import { ArgumentsForm } from "./arguments-form";
import { Exchange } from "./exchange";

interface TrialPanelProps {
  tool: Tool;
  canWrite: boolean;
  /** The form holds what the server does not have. */
  isDirty: boolean;
}

/** Makes the tool's request with arguments that somebody types, and shows all of it. */
export function TrialPanel({ tool, canWrite, isDirty }: TrialPanelProps) {
  const trial = useTryTool(tool.id);
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Try it out</CardTitle>
        <CardDescription>
          The request is made for real, and shown with its answer. Secrets stay hidden.
        </CardDescription>
      </CardHeader>
      <ArgumentsForm
        parameters={tool.parameters}
        trial={trial}
        label="Arguments of the model"
        submitLabel="Send request"
        canWrite={canWrite}
        isHeldBack={isDirty}
        className="px-5 py-5"
        aside={
          canWrite && isDirty ? (
            <p className="text-muted-foreground text-xs">Save first: what is saved is sent.</p>
          ) : canWrite ? null : (
            <p className="text-muted-foreground text-xs">Your role cannot try tools out.</p>
          )
        }
      />
      <div aria-live="polite">{trial.data ? <Exchange trial={trial.data} /> : null}</div>
    </Card>
  );
}
