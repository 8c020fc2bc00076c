import { describe, expect, it } from "vitest";
import { normalizeOrigin, originProblem, originProblems, originsOf } from "./origin";

describe("originProblem", () => {
  it.each([
    "https://example.com",
    "https://example.com/",
    "http://localhost:3000",
    "https://*.example.com",
    " https://EXAMPLE.com:8443 ",
  ])("accepts %j", (text) => expect(originProblem(text)).toBeNull());

  it.each([
    "example.com",
    "https://example.com/shop",
    "https://example.com?x",
    "https://a.*.com",
    "https://*",
    "https://*.com",
    "https://me@example.com",
    "javascript:alert(1)",
    "https://",
    "",
  ])("refuses %j", (text) => expect(originProblem(text)).not.toBeNull());
});

describe("normalizeOrigin", () => {
  it.each([
    ["https://EXAMPLE.com:443/", "https://example.com"],
    ["https://*.Example.com", "https://*.example.com"],
    ["http://localhost:3000", "http://localhost:3000"],
  ])("%j becomes %j", (text, origin) => expect(normalizeOrigin(text)).toBe(origin));
});

describe("the lines of a form", () => {
  it("are faulty by their place, and empty ones are no fault", () => {
    const found = originProblems(["https://example.com", "", "example.com", " "]);
    expect(Object.keys(found)).toEqual(["2"]);
  });

  it("name each origin once", () => {
    const lines = ["https://Example.com/", "", "https://example.com", "http://localhost:3000"];
    expect(originsOf(lines)).toEqual(["https://example.com", "http://localhost:3000"]);
    expect(originsOf(["", " "])).toEqual([]);
  });
});
