import { expect, test } from "vitest";
import { asQuery, isFiltered, readLeadFilters } from "./filters";

test("what is no filter is dropped from the address", () => {
  const agent = `agt_${"0".repeat(32)}`;
  expect(readLeadFilters({ agent, from: "2026-03-01", to: "2026-03-02" })).toEqual({
    agent,
    from: "2026-03-01",
    to: "2026-03-02",
  });
  expect(readLeadFilters({ agent: "helper", from: "yesterday", to: "2026-13-41" })).toEqual({});
  expect(isFiltered({})).toBe(false);
});

test("the first and the last day count whole, in the zone of whoever looks", () => {
  const { after = "", before = "" } = asQuery({ from: "2026-03-01", to: "2026-03-01" });
  expect(new Date(after)).toEqual(new Date(2026, 2, 1));
  expect(new Date(before)).toEqual(new Date(2026, 2, 2));
  expect(asQuery({})).toEqual({});
});
