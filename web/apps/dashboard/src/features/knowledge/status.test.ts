import { describe, expect, it } from "vitest";
import { isEmbedding, progressSentence, progressShare } from "./status";

describe("progressSentence", () => {
  it.each([
    [{ status: "queued", progress: null }, "Waiting for its turn"],
    [{ status: "extracting", progress: null }, "Reading"],
    [
      { status: "extracting", progress: { step: "extracting", done: 3, total: 12 } },
      "Reading page 3 of 12",
    ],
    [
      { status: "extracting", progress: { step: "extracting", done: 3, total: null } },
      "Reading page 3",
    ],
    [
      { status: "embedding", progress: { step: "embedding", done: 0, total: 40 } },
      "Embedding 0 of 40",
    ],
    [{ status: "ready", progress: null }, "Ready"],
  ] as const)("%j is %j", (document, sentence) =>
    expect(progressSentence(document)).toBe(sentence),
  );
});

describe("progressShare", () => {
  it("is unknown without a total and never beyond the whole", () => {
    expect(progressShare({ progress: { step: "x", done: 3, total: null } })).toBeNull();
    expect(progressShare({ progress: { step: "x", done: 3, total: 12 } })).toBe(0.25);
    expect(progressShare({ progress: { step: "x", done: 13, total: 12 } })).toBe(1);
  });
});

describe("isEmbedding", () => {
  const embedding = { model: "m", dimensions: 384, done: 1, total: 2 };
  it.each([
    ["none", false],
    ["embedding", true],
    ["switching", true],
    ["ready", false],
  ] as const)("%s: %s", (state, expected) =>
    expect(isEmbedding({ embedding: { ...embedding, state } })).toBe(expected),
  );
});
