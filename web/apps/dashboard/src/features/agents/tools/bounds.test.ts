import { expect, test } from "vitest";
import { boundHint, readBound } from "./bounds";

test("a bound is a number above zero, or none", () => {
  expect(["", ".", "0", "0.", "x", "-1"].map((text) => readBound(text, 0.01))).toEqual(
    Array(6).fill(null),
  );
  expect(readBound("0.5", 0.01)).toBe(0.5);
  expect(["3", "3.9", "0.5"].map((text) => readBound(text, 1))).toEqual([3, 3, 1]);
});

test("who reads the hint knows what holds without a bound of its own", () => {
  expect(boundHint(8, "steps")).toBe("At most 8 steps here.");
  expect(boundHint(null, "USD")).toBe("Empty: no bound.");
});
