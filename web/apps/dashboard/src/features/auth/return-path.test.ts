import { describe, expect, it } from "vitest";
import { safeReturnPath } from "./return-path";

describe("safeReturnPath", () => {
  it("keeps a page of ours with its search", () => {
    expect(safeReturnPath("/dashboard/agents?q=a#x")).toBe("/dashboard/agents?q=a#x");
    expect(safeReturnPath("/invite?token=t")).toBe("/invite?token=t");
  });

  it.each([
    undefined,
    "",
    "/",
    "//evil.example/dashboard",
    "https://evil.example/dashboard",
    "/\\evil.example",
    "javascript:alert(1)",
    "/dashboard/../../../\\evil",
  ])("goes home instead of %s", (next) => {
    expect(safeReturnPath(next).startsWith("/")).toBe(true);
    expect(safeReturnPath(next)).not.toMatch(/^\/[/\\]/);
    expect(safeReturnPath(next)).not.toContain("example");
  });
});
