import { describe, expect, it } from "vitest";
import { contrastRatio, isHexColour, textOn } from "./contrast";

describe("contrast", () => {
  it("agrees with known values", () => {
    expect(contrastRatio("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrastRatio("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
    expect(contrastRatio("#123456", "#123456")).toBe(1);
  });

  it("is the same both ways", () => {
    expect(contrastRatio("#1f5a46", "#facc15")).toBe(contrastRatio("#facc15", "#1f5a46"));
  });

  it("always finds text that can be read", () => {
    for (let value = 0; value <= 0xffffff; value += 0x010507) {
      const accent = `#${value.toString(16).padStart(6, "0")}`;
      expect(contrastRatio(accent, textOn(accent))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("knows a full hex colour", () => {
    expect(isHexColour("#A1b2C3")).toBe(true);
    expect(isHexColour("#abc")).toBe(false);
    expect(isHexColour("red")).toBe(false);
  });
});
