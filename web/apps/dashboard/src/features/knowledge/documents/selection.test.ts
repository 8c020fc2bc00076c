import { describe, expect, it } from "vitest";
import { rangeBetween } from "./selection";

describe("rangeBetween", () => {
  const order = ["a", "b", "c", "d"];
  it.each([
    ["b", "d", ["b", "c", "d"]],
    ["d", "b", ["b", "c", "d"]],
    ["c", "c", ["c"]],
    [null, "c", ["c"]],
    ["gone", "c", ["c"]],
  ] as const)("from %j to %j", (from, to, ids) =>
    expect(rangeBetween(order, from, to)).toEqual(ids),
  );
});
