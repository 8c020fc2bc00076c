import type { ChatMessage } from "@medea/chat";
import { useQuery } from "@tanstack/react-query";
import { api } from "@/lib/api";
import { formatMilliseconds, formatNumber, formatUsd } from "@/lib/format";
import { usePlayground } from "./playground-context";

/** Model, tokens, time and cost of one reply, in a quiet line. */
export function ReplyFacts({ message }: { message: ChatMessage }) {
  const { timer } = usePlayground();
  const timing = timer.get(message.key);
  const turn = useQuery({
    queryKey: ["turn", message.turnId, timing?.askedAt ?? 0],
    queryFn: () => api.conversations.turn(message.turnId ?? ""),
    enabled: message.turnId !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const facts: [string, string][] = [];
  if (turn.data?.model) facts.push(["Model", turn.data.model]);
  if (timing?.firstTextAt) {
    facts.push(["First token after", formatMilliseconds(timing.firstTextAt - timing.askedAt)]);
  }
  if (timing?.endedAt) facts.push(["Whole", formatMilliseconds(timing.endedAt - timing.askedAt)]);
  if (turn.data?.usage) {
    const { input_tokens, output_tokens } = turn.data.usage;
    facts.push(["Tokens", `${formatNumber(input_tokens)} in, ${formatNumber(output_tokens)} out`]);
  }
  const cost = turn.data?.cost_usd;
  if (cost !== null && cost !== undefined) facts.push(["Cost", formatUsd(Number(cost))]);
  if (facts.length === 0) return null;
  return (
    <dl className="flex min-w-0 basis-full flex-wrap items-center gap-x-2.5 pl-1.5 text-2xs text-muted-foreground">
      {facts.map(([name, value]) => (
        <div key={name} className="flex gap-1">
          <dt className={name === "Model" || name === "Tokens" ? "sr-only" : ""}>
            {name === "First token after" ? "first token" : name.toLowerCase()}
          </dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
