import { describe, expect, it } from "vitest";
import { amountOf, formatMoney, formatShare, gaugesOf, levelOf } from "./amounts";

describe("levels", () => {
  it("warns from 80 % and says spent only at the end", () => {
    expect([0, 0.79, 0.8, 0.999, 1, 1.3].map(levelOf)).toEqual([
      "fine",
      "fine",
      "near",
      "near",
      "spent",
      "spent",
    ]);
  });

  it("rounds down, so that nothing looks spent that is not", () => {
    expect(formatShare(0.9999)).toBe("99 %");
    expect(formatShare(1)).toBe("100 %");
  });
});

describe("money", () => {
  it("has cents, and more digits where cents say nothing", () => {
    expect([0, 0.004, 12.5, 1234.5].map(formatMoney)).toEqual([
      "$0.00",
      "$0.004",
      "$12.50",
      "$1,234.50",
    ]);
  });
});

describe("gauges", () => {
  const amounts = { used: { usd: 1, tokens: 10 }, reserved: { usd: 0.5, tokens: 5 } };

  it("has one for each limit", () => {
    const both = gaugesOf({ ...amounts, limit_usd: 2, limit_tokens: 100 });
    expect(both.map(({ unit, used, reserved, limit }) => [unit, used, reserved, limit])).toEqual([
      ["money", 1, 0.5, 2],
      ["tokens", 10, 5, 100],
    ]);
    expect(gaugesOf({ ...amounts, limit_usd: null, limit_tokens: 100 })).toHaveLength(1);
  });
});

describe("typed amounts", () => {
  it("takes what people type", () => {
    expect(amountOf(" 1,000,000 ")).toBe(1_000_000);
    expect(amountOf("$12.50")).toBe(12.5);
    expect(amountOf("")).toBeNull();
    expect(amountOf("ten")).toBeNaN();
  });
});
