/** Scores of the stages in the order in which they are made. */
export interface StageScore {
  stage: string;
  label: string;
  hint: string;
  value: number;
  /** Length of its bar, 0 to 1. */
  share: number;
}

const STAGES = [
  { stage: "bm25", label: "Words", hint: "How well the words match (BM25)" },
  { stage: "vector", label: "Meaning", hint: "How near it is in meaning (cosine)" },
  { stage: "fused", label: "Fused", hint: "Both together" },
  { stage: "rerank", label: "Rerank", hint: "The second look at the best" },
] as const;

type Scored = { scores: Record<string, number> };

/** The best score of each stage, against which the bars are drawn. */
export function bestScores(hits: readonly Scored[]): Record<string, number> {
  const best: Record<string, number> = {};
  for (const { scores } of hits) {
    for (const [stage, value] of Object.entries(scores)) {
      best[stage] = Math.max(best[stage] ?? 0, value);
    }
  }
  return best;
}

/**
 * The stages that took part.
 *
 * BM25 has no upper end: its bar is relative to the best found. A score within 0 and 1 is its own length.
 */
export function stageScores(hit: Scored, best: Record<string, number>): StageScore[] {
  return STAGES.flatMap(({ stage, label, hint }) => {
    const value = hit.scores[stage];
    if (value === undefined) return [];
    const top = best[stage] ?? value;
    const share = top > 1 ? value / top : value;
    return [{ stage, label, hint, value, share: Math.min(1, Math.max(0, share)) }];
  });
}

export const formatScore = (value: number): string =>
  value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3);
