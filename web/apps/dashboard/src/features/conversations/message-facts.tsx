import type { Message } from "@medea/api";
import { CopyButton } from "@medea/ui";
import { ThumbsDownIcon, ThumbsUpIcon } from "lucide-react";
import { formatNumber, formatUsd } from "@/lib/format";

/** What a reply cost and how it was judged. */
export function MessageFacts({ message }: { message: Message }) {
  const { model, usage, cost_usd, feedback, feedback_comment } = message;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted-foreground text-xs">
        {message.text === "" ? null : (
          <CopyButton value={message.text} label="Copy reply" className="-ml-1.5" />
        )}
        {model ? <span className="font-mono text-2xs">{model}</span> : null}
        {usage ? (
          <span className="tabular-nums">
            {formatNumber(usage.input_tokens)} in, {formatNumber(usage.output_tokens)} out
            <span className="sr-only"> tokens</span>
          </span>
        ) : null}
        {cost_usd === null ? null : <span className="tabular-nums">{formatUsd(cost_usd)}</span>}
        {feedback === "up" ? (
          <span className="flex items-center gap-1 text-success">
            <ThumbsUpIcon className="size-3.5" />
            Helpful
          </span>
        ) : null}
        {feedback === "down" ? (
          <span className="flex items-center gap-1 text-destructive">
            <ThumbsDownIcon className="size-3.5" />
            Not helpful
          </span>
        ) : null}
      </div>
      {feedback_comment ? (
        <blockquote className="border-l-2 pl-3 text-muted-foreground text-sm">
          {feedback_comment}
        </blockquote>
      ) : null}
    </div>
  );
}
