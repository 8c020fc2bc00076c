import { describe, expect, it } from "vitest";
import { readHitSettings, toSearch } from "./settings";

describe("readHitSettings", () => {
  it("takes what is in range and leaves the rest", () => {
    expect(
      readHitSettings({ q: "x", top_k: "3", threshold: 2, weight: 0.5, rerank: "none", other: 1 }),
    ).toEqual({ q: "x", top_k: 3, weight: 0.5, rerank: "none" });
    expect(readHitSettings({ q: "", top_k: 0, rerank: "magic" })).toEqual({});
  });
});

describe("toSearch", () => {
  it("overrides only what was set", () => {
    expect(toSearch({ q: "x" })).toEqual({ query: "x", top_k: 6 });
    expect(toSearch({ q: "x", weight: 0, rerank: "none", threshold: 0 })).toEqual({
      query: "x",
      top_k: 6,
      threshold: 0,
      settings: { vector_weight: 0, rerank: "none" },
    });
  });
});
