import { describe, expect, it } from "vitest";
import { placeholdersIn, readSchema, sampleOf, unfilled } from "./schema";

describe("reading a schema", () => {
  it("takes nothing for no arguments", () => {
    expect(readSchema("  ").value).toEqual({ type: "object", properties: {} });
  });

  it("says what is wrong", () => {
    expect(readSchema('{"type": ').problem).toMatch(/^This is not JSON yet: /);
    expect(readSchema("[]").problem).toMatch(/object is needed/);
    expect(readSchema('{"type": "string"}').problem).toMatch(/always an object/);
    expect(readSchema('{"properties": []}').problem).toMatch(/one entry per argument/);
  });
});

describe("placeholders of an address", () => {
  it("are named once each", () => {
    expect(placeholdersIn("https://x.example/{a}/{b_2}?q={a}")).toEqual(["a", "b_2"]);
  });

  it("need an argument", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    expect(unfilled("https://x.example/{a}/{b}", schema)).toEqual(["b"]);
  });
});

describe("sample arguments", () => {
  it("hold what is required", () => {
    const schema = {
      type: "object",
      properties: {
        order_id: { type: "string", examples: ["A-1234"] },
        count: { type: "integer", minimum: 3 },
        note: { type: "string" },
      },
      required: ["order_id", "count"],
    };
    expect(sampleOf(schema)).toEqual({ order_id: "A-1234", count: 3 });
  });

  it("hold everything where nothing is required", () => {
    const schema = {
      properties: {
        day: { type: "string", format: "date" },
        kind: { enum: ["small", "large"] },
        tags: { type: "array", items: { type: "string" } },
        box: { type: "object", properties: { wide: { type: "boolean" } } },
      },
    };
    expect(sampleOf(schema)).toEqual({
      day: "2026-01-31",
      kind: "small",
      tags: ["example"],
      box: { wide: true },
    });
  });

  it("end where a schema nests without end", () => {
    const schema: Record<string, unknown> = { type: "object" };
    schema.properties = { again: schema };
    expect(JSON.stringify(sampleOf(schema))).toContain("null");
  });
});
