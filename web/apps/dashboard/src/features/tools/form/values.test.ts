import type { Tool } from "@medea/api";
import { describe, expect, it } from "vitest";
import {
  headerProblem,
  hostOf,
  inputOf,
  secretsIn,
  startOf,
  validName,
  validSeconds,
  validUrl,
} from "./values";

const tool: Tool = {
  id: "tol_1",
  name: "find_order",
  description: "Finds an order.",
  parameters: { type: "object", properties: { id: { type: "string" } } },
  method: "GET",
  url: "https://api.example.com/orders/{id}",
  headers: { Authorization: "Bearer {{ORDERS_KEY}}" },
  response_path: "data.order",
  timeout_seconds: 7.5,
  is_safe_to_repeat: true,
  is_public: false,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

describe("the form of a tool", () => {
  it("sends what it was given where nothing was typed", () => {
    const { id: _id, created_at: _made, updated_at: _changed, ...sent } = tool;
    expect(inputOf(startOf(tool))).toEqual(sent);
  });

  it("leaves empty header rows at home", () => {
    const values = {
      ...startOf(tool),
      headers: [
        { name: " X-Team ", value: " a " },
        { name: "", value: "" },
      ],
    };
    expect(inputOf(values).headers).toEqual({ "X-Team": "a" });
  });
});

describe("its checks", () => {
  it("know names", () => {
    expect(validName("find_order")).toBe(true);
    for (const name of ["", "Find", "1st", "find-order"]) expect(validName(name)).not.toBe(true);
  });

  it("know addresses with a fixed host", () => {
    expect(validUrl("https://api.example.com/{id}")).toBe(true);
    for (const url of ["", "api.example.com", "https://{host}/x", "ftp://x.example"]) {
      expect(validUrl(url)).not.toBe(true);
    }
  });

  it("know seconds", () => {
    expect(validSeconds("0.5")).toBe(true);
    for (const text of ["", "0", "121", "soon"]) expect(validSeconds(text)).not.toBe(true);
  });

  it("find headers without a name and those given twice", () => {
    expect(headerProblem([{ name: "A", value: "1" }])).toBeNull();
    expect(headerProblem([{ name: "", value: "1" }])).toMatch(/needs a name/);
    expect(
      headerProblem([
        { name: "A", value: "1" },
        { name: "a", value: "2" },
      ]),
    ).toMatch(/twice/);
  });
});

describe("reading a tool", () => {
  it("finds the secrets in its headers once each", () => {
    const rows = [
      { name: "A", value: "{{KEY_1}}:{{KEY_2}}" },
      { name: "B", value: "{{KEY_1}} {{small}}" },
    ];
    expect(secretsIn(rows)).toEqual(["KEY_1", "KEY_2"]);
  });

  it("names its server", () => {
    expect(hostOf("https://api.example.com:8443/orders?x=1")).toBe("api.example.com:8443");
  });
});
