import type { ApiClient } from "../client.ts";
import type { ToolChange, ToolImport, ToolInput } from "../types.ts";

export const toolsApi = (client: ApiClient) => {
  const { http } = client;
  const tool = (tool_id: string) => ({ params: { path: { tool_id } } });
  return {
    list: () => client.body(http.GET("/v1/tools")),
    get: (id: string) => client.body(http.GET("/v1/tools/{tool_id}", tool(id))),
    create: (body: ToolInput) => client.body(http.POST("/v1/tools", { body })),
    update: (id: string, body: ToolChange) =>
      client.body(http.PATCH("/v1/tools/{tool_id}", { ...tool(id), body })),
    remove: (id: string) => client.body(http.DELETE("/v1/tools/{tool_id}", tool(id))),
    renewSigningSecret: (id: string) =>
      client.body(http.POST("/v1/tools/{tool_id}/signing-secret", tool(id))),
    /** Makes the tool's request, for real. */
    tryOut: (id: string, args: Record<string, unknown>) =>
      client.body(
        http.POST("/v1/tools/{tool_id}/test", { ...tool(id), body: { arguments: args } }),
      ),
    /** Without `operations` they are only shown. */
    importDocument: (body: ToolImport) => client.body(http.POST("/v1/tools/import", { body })),

    settings: () => client.body(http.GET("/v1/tool-settings")),
    updateSettings: (fetch_hosts: string[]) =>
      client.body(http.PATCH("/v1/tool-settings", { body: { fetch_hosts } })),
  };
};

export const secretsApi = (client: ApiClient) => {
  const { http } = client;
  const secret = (secret_id: string) => ({ params: { path: { secret_id } } });
  return {
    list: () => client.body(http.GET("/v1/secrets")),
    create: (body: { name: string; value: string; hosts: string[] }) =>
      client.body(http.POST("/v1/secrets", { body })),
    replace: (id: string, value: string) =>
      client.body(http.PUT("/v1/secrets/{secret_id}", { ...secret(id), body: { value } })),
    /** Names the hosts that it may be sent to; some need its value again. */
    bind: (id: string, hosts: string[], value: string | null = null) =>
      client.body(http.PATCH("/v1/secrets/{secret_id}", { ...secret(id), body: { hosts, value } })),
    remove: (id: string) => client.body(http.DELETE("/v1/secrets/{secret_id}", secret(id))),
  };
};
