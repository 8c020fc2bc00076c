import { describe, expect, it } from "vitest";
import { isBeingReplaced, saidBy } from "./said";

describe("saidBy", () => {
  it("parts a question from its answer at the first empty line", () => {
    expect(saidBy({ name: "Open?", kind: "qa" }, "Open on Sundays?\n\nNo.\n\nNever.")).toEqual({
      name: "Open on Sundays?",
      text: "No.\n\nNever.",
    });
  });

  it("leaves a text as it is, and a file's text alone", () => {
    expect(saidBy({ name: "Hours", kind: "text" }, "a\n\nb")).toEqual({
      name: "Hours",
      text: "a\n\nb",
    });
    expect(saidBy({ name: "a.pdf", kind: "pdf" }, null)).toEqual({ name: "a.pdf", text: null });
  });
});

describe("isBeingReplaced", () => {
  it("tells whether the text that is read is not the last that was written", () => {
    expect(isBeingReplaced({ version: 2, live_version: 1, status: "queued" })).toBe(true);
    expect(isBeingReplaced({ version: 2, live_version: 2, status: "embedding" })).toBe(false);
    expect(isBeingReplaced({ version: 1, live_version: null, status: "queued" })).toBe(false);
    expect(isBeingReplaced({ version: 2, live_version: 1, status: "failed" })).toBe(false);
  });
});
