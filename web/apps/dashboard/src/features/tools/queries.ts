/** Queries and mutations on tools and secrets: every page reads and writes them here. */
import type { Tool, ToolChange, ToolImport, ToolInput } from "@medea/api";
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/lib/api";

const toolsKey = ["tools"] as const;

export const toolsQuery = queryOptions({
  queryKey: [...toolsKey, "list"] as const,
  queryFn: async () => (await api.tools.list()).data,
});

export const toolQuery = (id: string) =>
  queryOptions({
    queryKey: [...toolsKey, "one", id] as const,
    queryFn: () => api.tools.get(id),
  });

export const toolSettingsQuery = queryOptions({
  queryKey: ["tool-settings"] as const,
  queryFn: () => api.tools.settings(),
});

export const secretsQuery = queryOptions({
  queryKey: ["secrets"] as const,
  queryFn: async () => (await api.secrets.list()).data,
});

/** Takes over a changed tool; the list and who uses which secret are asked for anew. */
function useStoreTool() {
  const client = useQueryClient();
  return async (tool: Tool) => {
    client.setQueryData(toolQuery(tool.id).queryKey, tool);
    await Promise.all([
      client.invalidateQueries({ queryKey: toolsQuery.queryKey }),
      client.invalidateQueries({ queryKey: secretsQuery.queryKey }),
    ]);
  };
}

export function useCreateTool() {
  const store = useStoreTool();
  return useMutation({
    mutationFn: (body: ToolInput) => api.tools.create(body),
    // The cache is no place for what is shown once.
    onSuccess: ({ signing_secret: _once, ...tool }) => store(tool),
  });
}

export function useUpdateTool(id: string) {
  const store = useStoreTool();
  return useMutation({
    mutationFn: (body: ToolChange) => api.tools.update(id, body),
    onSuccess: store,
  });
}

/** The tool's own page still shows it: that one forgets it once it is left. */
export function useDeleteTool() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.tools.remove(id),
    onSuccess: async (_, id) => {
      client.setQueryData(toolsQuery.queryKey, (tools) => tools?.filter((tool) => tool.id !== id));
      await client.invalidateQueries({ queryKey: secretsQuery.queryKey });
    },
  });
}

/** Shows the operations of a document, or makes tools of those that are named. */
export function useImportDocument() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: ToolImport) => (await api.tools.importDocument(body)).data,
    // What is made carries its signing secret.
    gcTime: 0,
    onSuccess: async (_, { operations }) => {
      if (!operations) return;
      await Promise.all([
        client.invalidateQueries({ queryKey: toolsQuery.queryKey }),
        client.invalidateQueries({ queryKey: secretsQuery.queryKey }),
      ]);
    },
  });
}

export const useRenewSigningSecret = (id: string) =>
  useMutation({ mutationFn: () => api.tools.renewSigningSecret(id), gcTime: 0 });

export const useTryTool = (id: string) =>
  useMutation({ mutationFn: (args: Record<string, unknown>) => api.tools.tryOut(id, args) });

export function useSaveSites() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (sites: string[]) => api.tools.updateSettings(sites),
    onSuccess: (settings) => client.setQueryData(toolSettingsQuery.queryKey, settings),
  });
}

function useSecretChange<T>(mutationFn: (input: T) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    // Values leave the memory of the page with the form.
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: secretsQuery.queryKey }),
  });
}

export const useCreateSecret = () =>
  useSecretChange((input: { name: string; value: string; hosts: string[] }) =>
    api.secrets.create(input),
  );
export const useBindSecret = () =>
  useSecretChange(({ id, hosts, value }: { id: string; hosts: string[]; value: string | null }) =>
    api.secrets.bind(id, hosts, value),
  );
export const useReplaceSecret = () =>
  useSecretChange(({ id, value }: { id: string; value: string }) => api.secrets.replace(id, value));
export const useDeleteSecret = () => useSecretChange((id: string) => api.secrets.remove(id));
