import { queryOptions, useQueries } from "@tanstack/react-query";
import { agentListQuery } from "@/features/agents";
import { api } from "@/lib/api";

/** The start of the conversations list, by channel; any other mutation of them refreshes it. */
export const firstConversations = (channel?: "playground" | "widget", limit = 1) =>
  queryOptions({
    queryKey: ["conversations", "first", channel ?? "any", limit] as const,
    queryFn: () => api.conversations.list(channel ? { channel, limit } : { limit }),
    staleTime: 0,
    refetchInterval: 20_000,
  });

const keysQuery = queryOptions({
  queryKey: ["api-keys", "home"] as const,
  queryFn: () => api.apiKeys.list(),
});

export function useSetUp() {
  const [agents, keys, playground, visitors] = useQueries({
    queries: [
      agentListQuery(""),
      keysQuery,
      firstConversations("playground", 5),
      firstConversations("widget"),
    ],
  });
  const error = agents.error ?? keys.error ?? playground.error ?? visitors.error;
  const facts =
    agents.data && keys.data && playground.data && visitors.data
      ? {
          agents: agents.data.data,
          keys: keys.data.data,
          playground: playground.data.data,
          visitors: visitors.data.data,
        }
      : null;
  const retry = () => {
    for (const query of [agents, keys, playground, visitors])
      if (query.isError) void query.refetch();
  };
  return { facts, error, retry };
}
