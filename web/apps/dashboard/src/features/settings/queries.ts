import type { ModelEntryChange, ProviderInput } from "@medea/api";
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { modelsQuery } from "@/features/agents";
import { api } from "@/lib/api";
import { meQuery } from "@/lib/session";

export const tenantQuery = queryOptions({
  queryKey: ["tenant"] as const,
  queryFn: () => api.tenancy.tenant(),
});

/** Forgotten with the page: a secret does not stay in memory longer than it is on screen. */
export const identityQuery = queryOptions({
  queryKey: ["identity"] as const,
  queryFn: () => api.tenancy.identity(),
  gcTime: 0,
});

export function useRotateIdentity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.tenancy.rotateIdentity(),
    onSuccess: (identity) => client.setQueryData(identityQuery.queryKey, identity),
  });
}

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"] as const,
  queryFn: () => api.auth.sessions(),
});

export const providersQuery = queryOptions({
  queryKey: ["providers"] as const,
  queryFn: () => api.providers.list(),
});

export const catalogueKey = ["models", "catalogue"] as const;

export const catalogueQuery = (search: string, limit: number) =>
  queryOptions({
    queryKey: [...catalogueKey, search, limit] as const,
    queryFn: () => api.providers.catalogue({ search, limit }),
    placeholderData: keepPreviousData,
  });

/** What is left alone because it kept failing, looked at again while the page is open. */
export const healthQuery = queryOptions({
  queryKey: ["models", "health"] as const,
  queryFn: () => api.providers.health(),
  refetchInterval: 15_000,
});

export function useDescribeModel() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ model, change }: { model: string; change: ModelEntryChange }) =>
      api.providers.describe(model, change),
    onSuccess: () => client.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  });
}

export function useRenameTenant() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => api.tenancy.updateTenant({ name }),
    onSuccess: (tenant) => {
      client.setQueryData(tenantQuery.queryKey, tenant);
      return client.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
}

export function useRevokeSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | "others") =>
      id === "others" ? api.auth.revokeOtherSessions() : api.auth.revokeSession(id),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
}

export function useSaveProvider(id: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: ProviderInput) => {
      if (id === null) return api.providers.create(input);
      const { api_key, kind: _fixed, ...rest } = input; // a provider keeps its dialect
      return api.providers.update(id, api_key === "" ? rest : { ...rest, api_key });
    },
    onSuccess: () => refresh(client),
  });
}

export function useMakeDefaultProvider() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.providers.update(id, { is_default: true }),
    onSuccess: () => refresh(client),
  });
}

export function useDeleteProvider() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.providers.remove(id),
    onSuccess: () => refresh(client),
  });
}

function refresh(client: ReturnType<typeof useQueryClient>) {
  return Promise.all([
    client.invalidateQueries({ queryKey: providersQuery.queryKey }),
    client.invalidateQueries({ queryKey: modelsQuery.queryKey }),
  ]);
}
