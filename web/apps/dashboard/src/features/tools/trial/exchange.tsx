import type { ToolTrial } from "@medea/api";
import { Badge, CodeBlock, Notice } from "@medea/ui";
import { formatMilliseconds } from "@/lib/format";
import { bodyText, requestText, responseText } from "./exchange-text";

/** A request that was made, its answer, and what the model would be told. */
export function Exchange({ trial }: { trial: ToolTrial }) {
  const { status, error, duration_ms } = trial;
  return (
    <section className="grid grid-cols-1 gap-4 border-t px-5 py-5" aria-label="What happened">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        {status === null ? (
          <Badge variant="destructive">No answer</Badge>
        ) : (
          <Badge variant={status < 400 ? "success" : "destructive"}>Status {status}</Badge>
        )}
        <span className="text-muted-foreground text-xs tabular-nums">
          after {formatMilliseconds(duration_ms)}
        </span>
      </p>
      {error ? (
        <Notice variant="destructive" title="The model would be told">
          <span className="break-words">{error}</span>
        </Notice>
      ) : (
        <CodeBlock
          title="What the model is shown"
          label="what the model is shown"
          code={bodyText(trial.result)}
          language="json"
          wrap
        />
      )}
      <CodeBlock title="Request" label="the request" code={requestText(trial)} wrap />
      {status === null ? null : (
        <CodeBlock title="Answer" label="the answer" code={responseText(trial)} wrap />
      )}
    </section>
  );
}
