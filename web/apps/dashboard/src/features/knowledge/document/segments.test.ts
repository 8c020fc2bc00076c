import type { Chunk } from "@medea/api";
import { describe, expect, it } from "vitest";
import { findQuote, segmentsOf } from "./segments";

const chunk = (char_from: number, char_to: number): Chunk => ({
  id: `chk_${char_from}`,
  ordinal: char_from,
  text: "",
  heading_path: [],
  page_from: null,
  page_to: null,
  char_from,
  char_to,
  tokens: 1,
});

describe("segmentsOf", () => {
  it("gives back the whole text, whatever the borders", () => {
    const text = "One 🏔️ two. Three four.";
    const length = Array.from(text).length;
    for (let from = 0; from < length; from++) {
      const chunks = [chunk(0, from), chunk(Math.min(from + 2, length), length)];
      const page = { number: 1, text, char_from: 0, char_to: length };
      const segments = segmentsOf(page, chunks);
      expect(segments.map((segment) => segment.text).join("")).toBe(text);
    }
  });

  it("knows a passage that goes on over the page", () => {
    const page = { number: 2, text: "bbbcc", char_from: 10, char_to: 15 };
    expect(segmentsOf(page, [chunk(5, 13), chunk(13, 20)])).toEqual([
      { chunk: 0, text: "bbb", isStart: false, isEnd: true },
      { chunk: 1, text: "cc", isStart: true, isEnd: false },
    ]);
  });

  it("counts as the server does", () => {
    const page = { number: 1, text: "🏔a🏔b", char_from: 0, char_to: 4 };
    expect(segmentsOf(page, [chunk(1, 3)]).map((segment) => segment.text)).toEqual([
      "🏔",
      "a🏔",
      "b",
    ]);
  });
});

describe("findQuote", () => {
  it("finds over line breaks and whatever signs it holds", () => {
    const text = "Prices (2026):\n  30 € *each*.";
    const found = findQuote(text, "prices (2026): 30 € *each*.");
    expect(found && text.slice(...found)).toBe(text);
    expect(findQuote(text, "40 €")).toBeNull();
    expect(findQuote(text, " ")).toBeNull();
  });
});
