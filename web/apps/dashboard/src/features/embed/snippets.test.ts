import { describe, expect, it } from "vitest";
import { apiSnippets, hostedPage, websiteSnippets } from "./snippets";

const place = {
  widgetOrigin: "http://localhost:8000",
  apiOrigin: "http://127.0.0.1:8000",
  agent: "support",
  key: "pk_123",
};

describe("websiteSnippets", () => {
  it("is a script element that the browser reads as meant", () => {
    const html = websiteSnippets(place)[0]?.code ?? "";
    const script = new DOMParser().parseFromString(html, "text/html").querySelector("script");
    expect(script?.getAttribute("src")).toBe("http://localhost:8000/embed.js");
    expect(script?.dataset).toMatchObject({ key: "pk_123", agent: "support" });
    expect(script?.hasAttribute("async")).toBe(true);
  });
});

describe("apiSnippets", () => {
  it("names the agent as the model in every language and holds no key", () => {
    for (const { code } of apiSnippets(place)) {
      expect(code).toContain("support");
      expect(code).toContain("http://127.0.0.1:8000/v1");
      expect(code).not.toContain("pk_");
      expect(code).not.toContain("sk_");
    }
  });
});

describe("hostedPage", () => {
  it("leaves the key out where there is none", () => {
    expect(hostedPage(place)).toBe("http://localhost:8000/widget?agent=support&key=pk_123");
    expect(hostedPage({ ...place, key: "" })).toBe("http://localhost:8000/widget?agent=support");
  });
});
