import { textParam } from "@/lib/search-params";

/** What of the network log is shown, as the address bar holds it. */
export interface EgressFilters {
  host?: string;
  /** Only what got no answer. */
  refused?: true;
}

export function readEgressFilters(search: Record<string, unknown>): EgressFilters {
  return { ...textParam(search, "host"), ...(search.refused === true ? { refused: true } : {}) };
}

const PURPOSES: Record<string, string> = {
  model: "Model",
  tool: "Tool",
  webhook: "Webhook",
  page: "Page fetched by an agent",
  crawl: "Knowledge source",
  mcp: "MCP server",
};

export const purposeLabel = (purpose: string): string => PURPOSES[purpose] ?? "Other";

const REFUSALS: Record<string, string> = {
  private: "Leads into a private network",
  scheme: "Neither http nor https",
  port: "A port that is not allowed",
  credentials: "Holds a user name or password",
  host: "No valid host name",
  malformed: "No valid address",
  unreachable: "Could not be reached",
  timeout: "No answer in time",
  too_large: "Answer too large",
};

export const refusalLabel = (refusal: string): string => REFUSALS[refusal] ?? refusal;
