import type { LlmModel } from "@medea/api";
import { describe, expect, it } from "vitest";
import { groupModels, modelFacts } from "./model-facts";

const model = (values: Partial<LlmModel>): LlmModel => ({
  id: "m",
  name: "M",
  provider: "platform",
  context_window: null,
  input_price: null,
  output_price: null,
  cached_input_price: null,
  has_tools: null,
  has_vision: null,
  is_deprecated: false,
  is_enabled: true,
  disabled_by: null,
  said_by: "unknown",
  ...values,
});

describe("modelFacts", () => {
  it("gives context and prices", () => {
    const facts = modelFacts(
      model({ context_window: 128_000, input_price: 0.15, output_price: 10 }),
    );
    expect(facts).toBe("128K context · $0.15 in · $10 out");
  });

  it("says who switched a model off", () => {
    expect(modelFacts(model({ is_enabled: false, disabled_by: "company" }))).toBe(
      "Switched off in settings",
    );
    expect(modelFacts(model({ is_enabled: false, disabled_by: "operator" }))).toContain("server");
  });

  it("says what is free, and falls back to the id", () => {
    expect(modelFacts(model({ input_price: 0, output_price: 0 }))).toBe("free");
    expect(modelFacts(model({ provider: "offline" }))).toContain("free");
    expect(modelFacts(model({ id: "x/y" }))).toBe("x/y");
  });
});

describe("groupModels", () => {
  it("puts one's own providers first and the built-in last", () => {
    const groups = groupModels([
      model({ provider: "offline" }),
      model({ provider: "platform" }),
      model({ provider: "prv_1" }),
      model({ provider: "prv_2" }),
    ]);
    expect(groups.map((group) => [group.label, group.models.length])).toEqual([
      ["Your providers", 2],
      ["From this server", 1],
      ["Built in", 1],
    ]);
  });
});
