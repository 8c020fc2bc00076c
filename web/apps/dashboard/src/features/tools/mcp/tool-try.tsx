import type { McpTool } from "@medea/api";
import { CodeBlock, Notice } from "@medea/ui";
import { formatMilliseconds } from "@/lib/format";
import { ArgumentsForm } from "../trial/arguments-form";
import { bodyText } from "../trial/exchange-text";
import { useTryMcpTool } from "./queries";

/** Calls the tool with arguments that somebody types, for real. */
export function ToolTry({ tool, canWrite }: { tool: McpTool; canWrite: boolean }) {
  const trial = useTryMcpTool(tool.server_id, tool.id);
  return (
    <div className="grid grid-cols-1 gap-4">
      <ArgumentsForm
        parameters={tool.parameters}
        trial={trial}
        label="Try it: arguments of the model"
        submitLabel="Call it"
        canWrite={canWrite}
      />
      <div aria-live="polite">
        {trial.data?.error ? (
          <Notice variant="destructive" title="The model would be told">
            <span className="break-words">{trial.data.error}</span>
          </Notice>
        ) : trial.data ? (
          <CodeBlock
            title={`What the model is shown, after ${formatMilliseconds(trial.data.duration_ms)}`}
            label="what the model is shown"
            code={bodyText(trial.data.result)}
            language="json"
            wrap
          />
        ) : null}
      </div>
    </div>
  );
}
