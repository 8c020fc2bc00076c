import { describe, expect, it } from "vitest";
import { changed, formatAge, readJobFilters, shownState } from "./filters";

describe("job filters", () => {
  it("keep what is known and drop the rest", () => {
    expect(readJobFilters({ state: "running", queue: "slow", task: "a.b", x: 1 })).toEqual({
      state: "running",
      queue: "slow",
      task: "a.b",
    });
    expect(readJobFilters({ state: "done", queue: "fast", task: "" })).toEqual({});
  });

  it("show what was given up unless told otherwise, and keep that out of the address", () => {
    expect(shownState({})).toBe("dead");
    expect(shownState({ state: "all" })).toBe("all");
    expect(readJobFilters({ state: "dead" })).toEqual({});
  });

  it("change one and take one out", () => {
    expect(changed({ queue: "slow", job: "job_1" }, { queue: "turns" })).toEqual({
      queue: "turns",
      job: "job_1",
    });
    expect(changed({ queue: "slow", job: "job_1" }, { job: null })).toEqual({ queue: "slow" });
  });
});

describe("formatAge", () => {
  it.each([
    [0, "0 s"],
    [59, "59 s"],
    [90, "2 min"],
    [7200, "2 h"],
    [259_200, "3 d"],
  ])("%d seconds are %s", (seconds, text) => {
    expect(formatAge(seconds)).toBe(text);
  });
});
