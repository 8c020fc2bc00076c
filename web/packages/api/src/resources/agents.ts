import type { ApiClient } from "../client.ts";
import type { Agent, AgentInput, AgentVersion, Page, VersionComparison } from "../types.ts";

export interface AgentListQuery {
  q?: string;
  limit?: number;
  cursor?: string;
}

export const agentsApi = (client: ApiClient) => ({
  list: (query: AgentListQuery = {}) =>
    client.request<Page<Agent>>("GET", "/agents", { query: { ...query } }),
  get: (id: string) => client.request<Agent>("GET", `/agents/${id}`),
  create: (body: AgentInput & { name: string }) =>
    client.request<Agent>("POST", "/agents", { body }),
  update: (id: string, body: AgentInput) =>
    client.request<Agent>("PATCH", `/agents/${id}`, { body }),
  remove: (id: string) => client.request<void>("DELETE", `/agents/${id}`),
  publish: (id: string, note: string) =>
    client.request<Agent>("POST", `/agents/${id}/publish`, { body: note ? { note } : {} }),
  versions: (id: string, query: { limit?: number; cursor?: string } = {}) =>
    client.request<Page<AgentVersion>>("GET", `/agents/${id}/versions`, { query }),
  version: (id: string, number: number) =>
    client.request<AgentVersion>("GET", `/agents/${id}/versions/${number}`),
  compare: (id: string, from: number | "draft", to: number | "draft") =>
    client.request<VersionComparison>("GET", `/agents/${id}/versions/compare`, {
      query: { from, to },
    }),
  restore: (id: string, number: number) =>
    client.request<Agent>("POST", `/agents/${id}/versions/${number}/restore`),
});
