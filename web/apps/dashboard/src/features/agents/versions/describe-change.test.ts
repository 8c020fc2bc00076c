import { describe, expect, it } from "vitest";
import { parseCompare } from "./compare-search";
import { fieldName, valueText } from "./describe-change";

describe("a change in words", () => {
  it("names nested fields", () => {
    expect(fieldName("system_prompt")).toBe("Instructions");
    expect(fieldName("appearance.accent")).toBe("Appearance: Accent colour");
    expect(fieldName("brand_new")).toBe("brand new");
  });

  it("shows examples as exchanges", () => {
    expect(valueText("examples", [{ user: "Hi", assistant: "Hello" }])).toBe(
      "Visitor: Hi\nAgent: Hello",
    );
  });

  it("shows other values as text", () => {
    expect(valueText("temperature", 0.4)).toBe("0.4");
    expect(valueText("appearance.show_branding", false)).toBe("no");
    expect(valueText("model", null)).toBe("");
  });

  it("names tools, and those that ask first", () => {
    const tools = [
      { name: "calculator", needs_approval: false },
      { name: "tol_1", needs_approval: true },
    ];
    expect(valueText("tools", tools)).toBe("calculator\ntol_1 (asks the visitor first)");
  });
});

describe("the comparison in the address bar", () => {
  it("takes two versions, or one and the draft", () => {
    expect(parseCompare({ from: 1, to: "2" })).toEqual({ from: 1, to: 2 });
    expect(parseCompare({ from: 3, to: "draft" })).toEqual({ from: 3, to: "draft" });
  });

  it("drops what makes no sense", () => {
    expect(parseCompare({ from: 2, to: 2 })).toEqual({});
    expect(parseCompare({ from: -1, to: 2 })).toEqual({});
    expect(parseCompare({ from: "x", to: {} })).toEqual({});
  });
});
