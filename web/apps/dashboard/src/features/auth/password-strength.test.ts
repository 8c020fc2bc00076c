import { describe, expect, it } from "vitest";
import { passwordStrength } from "./password-strength";

describe("passwordStrength", () => {
  it("counts what is missing to the server's minimum, in characters", () => {
    expect(passwordStrength("abcdefg")).toMatchObject({ score: 0, hint: "3 more to go." });
    expect(passwordStrength("🙂".repeat(9)).score).toBe(0);
  });

  it("calls common words, repetition and one's own name weak", () => {
    expect(passwordStrength("password123").score).toBe(1);
    expect(passwordStrength("aaaaaaaaaaaaaaaa").score).toBe(1);
    expect(passwordStrength("annabecker1", ["Anna Becker"]).score).toBe(1);
  });

  it("rates a few words strong", () => {
    expect(passwordStrength("blue canoe 42 river").score).toBe(4);
    expect(passwordStrength("tk4#mQ9vZx").score).toBeGreaterThanOrEqual(3);
  });

  it("takes characters that mean something in a pattern as they are", () => {
    expect(() => passwordStrength("a+b(c)[d]*e?", ["a+b(c", "[d]*"])).not.toThrow();
  });
});
