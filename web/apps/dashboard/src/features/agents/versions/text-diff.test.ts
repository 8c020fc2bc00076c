import { describe, expect, it } from "vitest";
import { diffSequences } from "./sequence-diff";
import { countChanges, diffText, type TextPart } from "./text-diff";

const side = (parts: TextPart[], leftOut: TextPart["kind"]) =>
  parts
    .filter((part) => part.kind !== leftOut)
    .map((part) => part.text)
    .join("");

/** A small deterministic generator (mulberry32), so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

describe("diffText", () => {
  it("marks the words that changed and nothing else", () => {
    expect(diffText("Be friendly and brief.", "Be warm and brief.")).toEqual([
      { kind: "same", text: "Be " },
      { kind: "removed", text: "friendly" },
      { kind: "added", text: "warm" },
      { kind: "same", text: " and brief." },
    ]);
  });

  it("shows neighbouring replaced words as one replacement", () => {
    expect(diffText("formal tone", "warm voice")).toEqual([
      { kind: "removed", text: "formal tone" },
      { kind: "added", text: "warm voice" },
    ]);
  });

  it("tells an added line", () => {
    expect(diffText("a\nb\n", "a\nnew\nb\n")).toEqual([
      { kind: "same", text: "a\n" },
      { kind: "added", text: "new\n" },
      { kind: "same", text: "b\n" },
    ]);
  });

  it("handles empty and equal texts", () => {
    expect(diffText("", "")).toEqual([]);
    expect(diffText("", "x")).toEqual([{ kind: "added", text: "x" }]);
    expect(diffText("x", "")).toEqual([{ kind: "removed", text: "x" }]);
    expect(diffText("same\n", "same\n")).toEqual([{ kind: "same", text: "same\n" }]);
  });

  it("always gives back both texts, whatever they are", () => {
    const next = random(7);
    const words = ["a", "b", "c", " ", " ", "\n", "ä", "🙂", ".", "long"];
    const text = () =>
      Array.from({ length: Math.floor(next() * 40) }, () => words[Math.floor(next() * 10)]).join(
        "",
      );
    for (let round = 0; round < 400; round++) {
      const [before, after] = [text(), text()];
      const parts = diffText(before, after);
      expect(side(parts, "added")).toBe(before);
      expect(side(parts, "removed")).toBe(after);
    }
  });

  it("stays quick when two long texts have nothing in common", () => {
    const long = (word: string) => Array.from({ length: 8000 }, (_, n) => `${word}${n}`).join("\n");
    const started = performance.now();
    const parts = diffText(long("a"), long("b"));
    expect(side(parts, "added")).toBe(long("a"));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it("counts words that came and went", () => {
    expect(countChanges(diffText("one two", "one three four"))).toEqual({ added: 2, removed: 1 });
  });
});

describe("diffSequences", () => {
  it("finds the shortest edit", () => {
    const edits = diffSequences([..."abcabba"], [..."cbabac"]);
    const changed = edits.filter((edit) => edit.kind !== "same").flatMap((edit) => edit.items);
    expect(changed).toHaveLength(5);
  });
});
