import type { ApiClient } from "../client.ts";
import type { McpAnswer, McpServerChange, McpServerInput, McpToolChange } from "../types.ts";

/** MCP servers that a company connects, and their tools. */
export const mcpApi = (client: ApiClient) => {
  const { http } = client;
  const server = (server_id: string) => ({ params: { path: { server_id } } });
  const tool = (server_id: string, tool_id: string) => ({
    params: { path: { server_id, tool_id } },
  });
  return {
    list: () => client.body(http.GET("/v1/mcp-servers")),
    get: (id: string) => client.body(http.GET("/v1/mcp-servers/{server_id}", server(id))),
    detect: (url: string) => client.body(http.POST("/v1/mcp-servers/detect", { body: { url } })),
    create: (body: McpServerInput) => client.body(http.POST("/v1/mcp-servers", { body })),
    update: (id: string, body: McpServerChange) =>
      client.body(http.PATCH("/v1/mcp-servers/{server_id}", { ...server(id), body })),
    remove: (id: string) => client.body(http.DELETE("/v1/mcp-servers/{server_id}", server(id))),
    refresh: (id: string) =>
      client.body(http.POST("/v1/mcp-servers/{server_id}/refresh", server(id))),
    startAuthorization: (id: string) =>
      client.body(http.POST("/v1/mcp-servers/{server_id}/oauth/start", server(id))),
    finishAuthorization: (body: McpAnswer) =>
      client.body(http.POST("/v1/mcp-servers/oauth/callback", { body })),

    tools: (id: string) => client.body(http.GET("/v1/mcp-servers/{server_id}/tools", server(id))),
    enableTools: (id: string, tool_ids: string[], is_enabled: boolean) =>
      client.body(
        http.PATCH("/v1/mcp-servers/{server_id}/tools", {
          ...server(id),
          body: { tool_ids, is_enabled },
        }),
      ),
    updateTool: (id: string, toolId: string, body: McpToolChange) =>
      client.body(
        http.PATCH("/v1/mcp-servers/{server_id}/tools/{tool_id}", { ...tool(id, toolId), body }),
      ),
    /** Calls the tool, for real. */
    tryTool: (id: string, toolId: string, args: Record<string, unknown>) =>
      client.body(
        http.POST("/v1/mcp-servers/{server_id}/tools/{tool_id}/test", {
          ...tool(id, toolId),
          body: { arguments: args },
        }),
      ),
    /** Of all servers, those that agents may use. */
    usableTools: () => client.body(http.GET("/v1/mcp-tools")),
  };
};
