import type { McpDetected, McpServer } from "@medea/api";
import { describe, expect, it } from "vitest";
import { counted, inputOf, nameFor, startOf, stateOf } from "./values";

const found = (server: string) => ({ server }) as McpDetected;

describe("a connection", () => {
  it("sends the credentials of its kind alone", () => {
    const values = {
      ...startOf(null),
      name: " Shop ",
      url: " https://mcp.example.com/mcp ",
      headers: [
        { name: "Authorization", value: "Bearer {{KEY}} " },
        { name: "", value: "" },
      ],
      oauth_client_id: "abc",
    };
    expect(inputOf({ ...values, auth: "none" })).toMatchObject({
      name: "Shop",
      url: "https://mcp.example.com/mcp",
      headers: {},
      oauth_client_id: null,
    });
    expect(inputOf({ ...values, auth: "headers" })).toMatchObject({
      headers: { Authorization: "Bearer {{KEY}}" },
      oauth_client_id: null,
    });
    expect(inputOf({ ...values, auth: "oauth" })).toMatchObject({
      headers: {},
      oauth_client_id: "abc",
      oauth_client_secret: null,
    });
  });

  it("is named as the server calls itself, else by its host", () => {
    expect(nameFor("https://x.test/mcp", found("Shop 1.2.3"))).toBe("Shop");
    expect(nameFor("https://mcp.example.com:8443/mcp", found(""))).toBe("example.com");
  });

  it("says how it is", () => {
    const server = { state: "failing", is_enabled: true } as McpServer;
    expect(stateOf(server).label).toBe("Failing");
    expect(stateOf({ ...server, is_enabled: false }).label).toBe("Switched off");
    expect(counted({ tools_offered: 3, tools_usable: 1 })).toBe("1 of 3 tools on");
  });
});
