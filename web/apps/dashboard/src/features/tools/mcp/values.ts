/** A connection to an MCP server as its form holds it, and as the API takes it. */
import type { McpDetected, McpServer, McpServerInput } from "@medea/api";
import type { HeaderRow } from "../form/values";

export type Auth = McpServer["auth"];

export interface ServerValues {
  name: string;
  url: string;
  auth: Auth;
  headers: HeaderRow[];
  oauth_client_id: string;
  oauth_client_secret: string;
  timeout_seconds: string;
}

export function startOf(server: McpServer | null): ServerValues {
  return {
    name: server?.name ?? "",
    url: server?.url ?? "",
    auth: server?.auth ?? "none",
    headers: Object.entries(server?.headers ?? {}).map(([name, value]) => ({ name, value })),
    oauth_client_id: server?.oauth_client_id ?? "",
    oauth_client_secret: server?.oauth_client_secret ?? "",
    timeout_seconds: String(server?.timeout_seconds ?? 30),
  };
}

/** What is sent; only for values that were found valid. */
export function inputOf(values: ServerValues): McpServerInput {
  const isOAuth = values.auth === "oauth";
  const rows = values.auth === "headers" ? values.headers : [];
  return {
    name: values.name.trim(),
    url: values.url.trim(),
    program: "",
    auth: values.auth,
    headers: Object.fromEntries(
      rows
        .map(({ name, value }) => [name.trim(), value.trim()] as const)
        .filter(([name]) => name !== ""),
    ),
    oauth_client_id: (isOAuth && values.oauth_client_id.trim()) || null,
    oauth_client_secret: (isOAuth && values.oauth_client_secret.trim()) || null,
    timeout_seconds: Number(values.timeout_seconds),
  };
}

/** A name to begin with: what the server calls itself, else its host. */
export function nameFor(url: string, found: McpDetected): string {
  const said = found.server.replace(/\s+v?\d[\w.-]*$/, "").trim();
  if (said) return said.slice(0, 60);
  const host = /^[a-z]+:\/\/([^/?#:]+)/i.exec(url)?.[1] ?? "";
  return host.replace(/^(mcp|www|api)\./, "").slice(0, 60);
}

export interface StateWords {
  label: string;
  variant: "success" | "warning" | "destructive" | "outline";
}

/** How a server is, in a word. */
export function stateOf(server: Pick<McpServer, "state" | "is_enabled">): StateWords {
  if (!server.is_enabled) return { label: "Switched off", variant: "outline" };
  switch (server.state) {
    case "ready":
      return { label: "Connected", variant: "success" };
    case "unauthorized":
      return { label: "Connect again", variant: "destructive" };
    case "failing":
      return { label: "Failing", variant: "warning" };
    default:
      return { label: "Not connected yet", variant: "outline" };
  }
}

export const counted = (server: Pick<McpServer, "tools_offered" | "tools_usable">): string =>
  server.tools_offered === 0
    ? "No tools"
    : `${server.tools_usable} of ${server.tools_offered} ${server.tools_offered === 1 ? "tool" : "tools"} on`;
