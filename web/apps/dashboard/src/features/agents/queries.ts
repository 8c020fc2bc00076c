/** Queries and mutations on agents: every page reads and writes them here. */
import type { Agent, AgentInput, Page } from "@medea/api";
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "@/lib/api";

export const agentsKey = ["agents"] as const;

export const agentListQuery = (q: string) =>
  queryOptions({
    queryKey: [...agentsKey, "list", q] as const,
    queryFn: () => api.agents.list({ q, limit: 100 }),
  });

const MOST_PAGES = 10;

/** All agents, for choosing one and for names; as long as they fit one page, it is the page of the list. */
export const allAgentsQuery = queryOptions({
  queryKey: [...agentsKey, "list", "all", ""] as const,
  queryFn: async ({ client }) => {
    const { data, next_cursor } = await client.fetchQuery(agentListQuery(""));
    const all = [...data];
    let cursor = next_cursor;
    for (let pages = 1; cursor && pages < MOST_PAGES; pages += 1) {
      const page = await api.agents.list({ q: "", limit: 100, cursor });
      all.push(...page.data);
      cursor = page.next_cursor;
    }
    return { data: all, next_cursor: cursor };
  },
});

export const agentQuery = (id: string) =>
  queryOptions({
    queryKey: [...agentsKey, "one", id] as const,
    queryFn: () => api.agents.get(id),
  });

export const versionsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...agentsKey, "one", id, "versions"] as const,
    queryFn: ({ pageParam }) =>
      api.agents.versions(id, pageParam ? { cursor: pageParam, limit: 25 } : { limit: 25 }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

export const modelsQuery = queryOptions({
  queryKey: ["models"] as const,
  queryFn: async () => (await api.providers.models()).data,
  staleTime: 60_000,
});

/** Models that providers have beside those on offer, of a name. */
export const knownModelsQuery = (search: string) =>
  queryOptions({
    queryKey: ["models", "known", search] as const,
    queryFn: async () => (await api.providers.catalogue({ search, limit: 50 })).data,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

/** Put an agent that the server answered with where every page will find it. */
export function useStoreAgent() {
  const client = useQueryClient();
  return (agent: Agent) => {
    client.setQueryData(agentQuery(agent.id).queryKey, agent);
    client.setQueriesData<Page<Agent>>({ queryKey: [...agentsKey, "list"] }, (page) =>
      page
        ? { ...page, data: page.data.map((item) => (item.id === agent.id ? agent : item)) }
        : page,
    );
  };
}

export function useCreateAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: AgentInput & { name: string }) => api.agents.create(body),
    onSuccess: (agent) => {
      client.setQueryData(agentQuery(agent.id).queryKey, agent);
      return client.invalidateQueries({ queryKey: [...agentsKey, "list"] });
    },
  });
}

export function useDeleteAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.agents.remove(id),
    onSuccess: async (_, id) => {
      client.setQueriesData<Page<Agent>>({ queryKey: [...agentsKey, "list"] }, (page) =>
        page ? { ...page, data: page.data.filter((item) => item.id !== id) } : page,
      );
      client.removeQueries({ queryKey: agentQuery(id).queryKey });
      await client.invalidateQueries({ queryKey: ["conversations"] });
    },
  });
}

export function usePublishAgent(id: string) {
  const client = useQueryClient();
  const store = useStoreAgent();
  return useMutation({
    mutationFn: (note: string) => api.agents.publish(id, note),
    onSuccess: (agent) => {
      store(agent);
      // Also drops comparisons with a draft that is now a version.
      return client.invalidateQueries({ queryKey: agentQuery(id).queryKey });
    },
  });
}

export function useRestoreVersion(id: string) {
  const client = useQueryClient();
  const store = useStoreAgent();
  return useMutation({
    mutationFn: (number: number) => api.agents.restore(id, number),
    onSuccess: (agent) => {
      store(agent);
      return client.invalidateQueries({ queryKey: agentQuery(id).queryKey });
    },
  });
}
