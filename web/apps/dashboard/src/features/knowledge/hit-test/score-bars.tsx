import { cn } from "@medea/ui";
import { formatScore, stageScores } from "./scores";

const COLOURS: Record<string, string> = {
  bm25: "bg-chart-3",
  vector: "bg-chart-2",
  fused: "bg-chart-5",
  rerank: "bg-chart-1",
};

interface ScoreBarsProps {
  scores: Record<string, number>;
  /** The best of each stage among all results. */
  best: Record<string, number>;
  className?: string;
}

/** How a passage fared at each stage. */
export function ScoreBars({ scores, best, className }: ScoreBarsProps) {
  return (
    <dl className={cn("grid gap-1.5", className)}>
      {stageScores({ scores }, best).map(({ stage, label, hint, value, share }) => (
        <div
          key={stage}
          title={hint}
          className="grid grid-cols-[4rem_minmax(2rem,1fr)_2.75rem] items-center gap-2 text-xs"
        >
          <dt className="text-muted-foreground">{label}</dt>
          <dd className="contents">
            <span aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-secondary">
              <span
                className={cn("block h-full rounded-full", COLOURS[stage])}
                style={{ width: `${Math.max(share * 100, value > 0 ? 2 : 0)}%` }}
              />
            </span>
            <span className="text-right font-mono text-2xs tabular-nums">{formatScore(value)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
