import type { RawPart } from "@medea/chat";
import { readParts, type ToolCall, type ToolState } from "@medea/chat/parts";
import { Badge, type BadgeProps, CodeBlock, Spinner } from "@medea/ui";
import { ChevronRight, Wrench } from "lucide-react";
import { useMemo } from "react";

const STATES: Record<ToolState, { label: string; variant: BadgeProps["variant"] }> = {
  running: { label: "Running", variant: "info" },
  approval: { label: "Waits for approval", variant: "warning" },
  form: { label: "Waits for the visitor", variant: "warning" },
  done: { label: "Done", variant: "success" },
  failed: { label: "Failed", variant: "destructive" },
  denied: { label: "Not allowed", variant: "secondary" },
};

/** What a reply did besides talking: each call with what went in and what came out. */
export function ToolCalls({ parts }: { parts: readonly RawPart[] }) {
  const { tools } = useMemo(() => readParts(parts), [parts]);
  if (tools.length === 0) return null;
  return (
    <ul aria-label="Tool calls" className="grid gap-1.5">
      {tools.map((call) => (
        <li key={call.id}>
          <Call call={call} />
        </li>
      ))}
    </ul>
  );
}

function Call({ call }: { call: ToolCall }) {
  const { label, variant } = STATES[call.state];
  return (
    <details className="group rounded-lg border bg-card">
      <summary className="focus-mark flex min-h-9 list-none items-center gap-2 rounded-lg px-3 py-1 text-sm -outline-offset-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-3.5 text-muted-foreground transition-transform group-open:rotate-90"
        />
        <Wrench className="size-3.5 text-muted-foreground" aria-hidden="true" />
        <span className="min-w-0 flex-1 truncate font-mono text-xs">{call.title ?? call.name}</span>
        <Badge variant={variant}>
          {call.state === "running" ? <Spinner label="" className="size-3" /> : null}
          {label}
        </Badge>
      </summary>
      <div className="grid gap-2 px-3 pb-3">
        <Json label="Input" value={call.input} />
        {call.error ? <p className="text-destructive text-xs">{call.error}</p> : null}
        {call.output === null ? null : <Json label="Output" value={call.output} />}
      </div>
    </details>
  );
}

function Json({ label, value }: { label: string; value: unknown }) {
  const code = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return <CodeBlock code={code} language="json" title={label} label={label} wrap />;
}
