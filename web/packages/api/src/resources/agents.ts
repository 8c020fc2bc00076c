import type { ApiClient } from "../client.ts";
import type { AgentInput, GuardrailsTry, NewAgent } from "../types.ts";

export interface AgentListQuery {
  q?: string;
  limit?: number;
  cursor?: string;
}

export const agentsApi = (client: ApiClient) => {
  const { http } = client;
  const agent = (agent_id: string) => ({ params: { path: { agent_id } } });
  const version = (agent_id: string, number: number) => ({
    params: { path: { agent_id, number } },
  });
  return {
    list: ({ q, ...query }: AgentListQuery = {}) =>
      client.body(http.GET("/v1/agents", { params: { query: q ? { ...query, q } : query } })),
    get: (id: string) => client.body(http.GET("/v1/agents/{agent_id}", agent(id))),
    create: (body: NewAgent) => client.body(http.POST("/v1/agents", { body })),
    update: (id: string, body: AgentInput) =>
      client.body(http.PATCH("/v1/agents/{agent_id}", { ...agent(id), body })),
    remove: (id: string) => client.body(http.DELETE("/v1/agents/{agent_id}", agent(id))),
    publish: (id: string, note: string) =>
      client.body(
        http.POST("/v1/agents/{agent_id}/publish", { ...agent(id), body: note ? { note } : {} }),
      ),
    tryGuardrails: (id: string, body: GuardrailsTry) =>
      client.body(http.POST("/v1/agents/{agent_id}/guardrails/try", { ...agent(id), body })),
    versions: (agent_id: string, query: { limit?: number; cursor?: string } = {}) =>
      client.body(
        http.GET("/v1/agents/{agent_id}/versions", { params: { path: { agent_id }, query } }),
      ),
    version: (id: string, number: number) =>
      client.body(http.GET("/v1/agents/{agent_id}/versions/{number}", version(id, number))),
    compare: (agent_id: string, from: number | "draft", to: number | "draft") =>
      client.body(
        http.GET("/v1/agents/{agent_id}/versions/compare", {
          params: { path: { agent_id }, query: { from, to } },
        }),
      ),
    restore: (id: string, number: number) =>
      client.body(
        http.POST("/v1/agents/{agent_id}/versions/{number}/restore", version(id, number)),
      ),
  };
};
