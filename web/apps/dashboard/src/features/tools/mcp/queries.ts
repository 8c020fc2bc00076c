/** Queries and mutations on MCP servers: every page reads and writes them here. */
import type {
  McpAnswer,
  McpServer,
  McpServerChange,
  McpServerInput,
  McpToolChange,
} from "@medea/api";
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api";

const key = ["mcp"] as const;

export const serversQuery = queryOptions({
  queryKey: [...key, "servers"] as const,
  queryFn: async () => (await api.mcp.list()).data,
});

export const serverQuery = (id: string) =>
  queryOptions({
    queryKey: [...key, "server", id] as const,
    queryFn: () => api.mcp.get(id),
  });

export const serverToolsQuery = (id: string) =>
  queryOptions({
    queryKey: [...key, "tools", id] as const,
    queryFn: async () => (await api.mcp.tools(id)).data,
  });

/** Of all servers, the tools that agents may use. */
export const usableToolsQuery = queryOptions({
  queryKey: [...key, "usable"] as const,
  queryFn: async () => (await api.mcp.usableTools()).data,
});

/** Takes over a changed server; its tools and all lists are asked for anew. */
function useStoreServer() {
  const client = useQueryClient();
  return async (server: McpServer) => {
    client.setQueryData(serverQuery(server.id).queryKey, server);
    await Promise.all([
      client.invalidateQueries({ queryKey: serversQuery.queryKey }),
      client.invalidateQueries({ queryKey: serverToolsQuery(server.id).queryKey }),
      client.invalidateQueries({ queryKey: usableToolsQuery.queryKey }),
    ]);
  };
}

export const useDetect = () => useMutation({ mutationFn: (url: string) => api.mcp.detect(url) });

export function useConnect() {
  const store = useStoreServer();
  return useMutation({
    mutationFn: (body: McpServerInput) => api.mcp.create(body),
    onSuccess: store,
  });
}

export function useUpdateServer(id: string) {
  const store = useStoreServer();
  return useMutation({
    mutationFn: (body: McpServerChange) => api.mcp.update(id, body),
    onSuccess: store,
  });
}

export function useRefreshServer(id: string) {
  const store = useStoreServer();
  return useMutation({ mutationFn: () => api.mcp.refresh(id), onSuccess: store });
}

export function useRemoveServer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.mcp.remove(id),
    onSuccess: async () => {
      client.setQueryData(serversQuery.queryKey, (all) => all?.filter((one) => one.id !== id));
      await client.invalidateQueries({ queryKey: usableToolsQuery.queryKey });
    },
  });
}

/** Sends the browser to where the person agrees; they come back to the callback page. */
export const useAuthorize = () =>
  useMutation({
    mutationFn: (id: string) => api.mcp.startAuthorization(id),
    onSuccess: ({ authorization_url }) => window.location.assign(authorization_url),
  });

export function useFinishAuthorization() {
  const store = useStoreServer();
  return useMutation({
    mutationFn: (answer: McpAnswer) => api.mcp.finishAuthorization(answer),
    onSuccess: store,
  });
}

function useToolChange<T>(id: string, mutationFn: (input: T) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: serverToolsQuery(id).queryKey }),
        client.invalidateQueries({ queryKey: serverQuery(id).queryKey }),
        client.invalidateQueries({ queryKey: serversQuery.queryKey }),
        client.invalidateQueries({ queryKey: usableToolsQuery.queryKey }),
      ]),
  });
}

export const useChangeTool = (id: string) =>
  useToolChange(id, ({ toolId, ...body }: McpToolChange & { toolId: string }) =>
    api.mcp.updateTool(id, toolId, body),
  );

export const useEnableTools = (id: string) =>
  useToolChange(id, ({ ids, on }: { ids: string[]; on: boolean }) =>
    api.mcp.enableTools(id, ids, on),
  );

export const useTryMcpTool = (id: string, toolId: string) =>
  useMutation({
    mutationFn: (args: Record<string, unknown>) => api.mcp.tryTool(id, toolId, args),
  });
