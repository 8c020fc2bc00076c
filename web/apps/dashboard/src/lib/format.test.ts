import { ApiError, NetworkError } from "@medea/api";
import { describe, expect, it } from "vitest";
import { formatMilliseconds, formatRelative, formatUsd } from "./format";
import { isWorthRetrying } from "./query-client";
import { textParam } from "./search-params";

const now = Date.parse("2026-11-20T12:00:00Z");

describe("formatting", () => {
  it("gives a fraction of a cent the digits it needs", () => {
    expect(formatUsd(0)).toBe("$0");
    expect(formatUsd(0.00002)).toBe("<$0.0001");
    expect(formatUsd(0.00042)).toBe("$0.0004");
    expect(formatUsd(0.1234)).toBe("$0.123");
    expect(formatUsd(12)).toBe("$12.00");
  });

  it("changes from milliseconds to seconds", () => {
    expect(formatMilliseconds(384.4)).toBe("384 ms");
    expect(formatMilliseconds(1234)).toBe("1.2 s");
    expect(formatMilliseconds(12_345)).toBe("12 s");
  });

  it("speaks of moments as people do", () => {
    expect(formatRelative("2026-11-20T11:59:50Z", now)).toBe("just now");
    expect(formatRelative("2026-11-20T11:30:00Z", now)).toContain("30");
    expect(formatRelative("2026-11-01T11:30:00Z", now)).toContain("2026");
    expect(formatRelative("not a date", now)).toBe("");
  });
});

describe("retrying", () => {
  it("repeats what a silent server may yet answer, not a refusal", () => {
    expect(isWorthRetrying(0, new NetworkError("gone"))).toBe(true);
    expect(isWorthRetrying(0, new ApiError(503, "x", "x"))).toBe(true);
    expect(isWorthRetrying(0, new ApiError(404, "x", "x"))).toBe(false);
    expect(isWorthRetrying(2, new NetworkError("gone"))).toBe(false);
  });
});

describe("textParam", () => {
  it("leaves out what is missing, empty or no text", () => {
    expect(textParam({ q: "a" }, "q")).toEqual({ q: "a" });
    expect(textParam({ q: 42 }, "q")).toEqual({ q: "42" });
    expect(textParam({ q: "" }, "q")).toEqual({});
    expect(textParam({ q: ["a"] }, "q")).toEqual({});
  });
});
