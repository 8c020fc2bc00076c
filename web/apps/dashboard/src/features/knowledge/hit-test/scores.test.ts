import { describe, expect, it } from "vitest";
import { bestScores, formatScore, stageScores } from "./scores";

describe("stageScores", () => {
  const hits = [{ scores: { bm25: 12, vector: 0.8, fused: 0.9 } }, { scores: { bm25: 3 } }];
  const best = bestScores(hits);

  it("draws BM25 against the best and the others as they are", () => {
    expect(
      stageScores(hits[0] ?? { scores: {} }, best).map(({ stage, share }) => [stage, share]),
    ).toEqual([
      ["bm25", 1],
      ["vector", 0.8],
      ["fused", 0.9],
    ]);
    expect(stageScores(hits[1] ?? { scores: {} }, best).map(({ share }) => share)).toEqual([0.25]);
  });

  it("never leaves its box", () => {
    expect(stageScores({ scores: { vector: -0.2 } }, {})[0]?.share).toBe(0);
  });
});

describe("formatScore", () => {
  it.each([
    [0.12345, "0.123"],
    [1.2345, "1.23"],
    [12.345, "12.3"],
  ])("%d is %s", (value, text) => expect(formatScore(value)).toBe(text));
});
