import { describe, expect, it } from "vitest";
import { apiSnippets, mcpSnippets } from "./api-snippets";
import { frontEndSnippets } from "./front-end-snippets";
import { hostedPage, websiteSnippets } from "./snippets";

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

describe("mcpSnippets", () => {
  it("names the agent's own address for every client and holds no key", () => {
    for (const { code } of mcpSnippets(place)) {
      expect(code).toContain("http://127.0.0.1:8000/mcp/support");
      expect(code).not.toMatch(/[sp]k_/);
    }
    const [file] = mcpSnippets(place);
    const { mcpServers } = JSON.parse(file?.code ?? "");
    expect(mcpServers.support.headers.Authorization).toMatch(/^Bearer /);
  });
});

describe("frontEndSnippets", () => {
  it("opens a session with the publishable key and then names the agent, never a secret key", () => {
    const [session, ...others] = frontEndSnippets(place);
    expect(session?.code).toContain("Bearer pk_123");
    for (const { code } of others) {
      expect(code).toMatch(/http:\/\/127\.0\.0\.1:8000\/v1\/(ag-ui|agents\/support\/chat)/);
      expect(code).toContain("support");
      expect(code).not.toContain("pk_123");
    }
    expect(frontEndSnippets({ ...place, key: "" })[0]?.code).toContain("pk_...");
  });
});

describe("hostedPage", () => {
  it("leaves the key out where there is none", () => {
    expect(hostedPage(place)).toBe("http://localhost:8000/widget?agent=support&key=pk_123");
    expect(hostedPage({ ...place, key: "" })).toBe("http://localhost:8000/widget?agent=support");
  });
});
