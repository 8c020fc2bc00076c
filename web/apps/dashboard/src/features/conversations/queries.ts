import type { Conversation } from "@medea/api";
import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { ConversationFilters } from "./filters";

const ROOT = ["conversations"] as const;
const PAGE = 50;

/** How often an open list or conversation looks for news, in milliseconds. */
const LOOK_EVERY = 6000;

export const conversationListQuery = (filters: ConversationFilters) =>
  infiniteQueryOptions({
    queryKey: [...ROOT, "list", filters] as const,
    queryFn: ({ pageParam }) =>
      api.conversations.list({
        ...filters,
        limit: PAGE,
        ...(pageParam ? { cursor: pageParam } : {}),
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    // Somebody who scrolled far down reads; the list must not be fetched again under their eyes.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 1 ? false : LOOK_EVERY),
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: [...ROOT, "one", id] as const,
    queryFn: () => api.conversations.get(id),
    refetchInterval: LOOK_EVERY,
  });

/** Newest page first; every page newest first as well. */
export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...ROOT, "one", id, "messages"] as const,
    queryFn: ({ pageParam }) =>
      api.conversations.messages(id, {
        order: "desc",
        limit: PAGE,
        ...(pageParam ? { cursor: pageParam } : {}),
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

export const eventsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...ROOT, "one", id, "events"] as const,
    queryFn: ({ pageParam }) =>
      api.conversations.events(id, { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

export function useRenameConversation(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (title: string) => api.conversations.rename(id, title),
    onSuccess: (conversation: Conversation) => {
      client.setQueryData(conversationQuery(id).queryKey, conversation);
      void client.invalidateQueries({ queryKey: eventsQuery(id).queryKey });
      return client.invalidateQueries({ queryKey: [...ROOT, "list"] });
    },
  });
}

export function useCancelTurn(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (turnId: string) => api.conversations.cancelTurn(turnId),
    onSuccess: () => client.invalidateQueries({ queryKey: conversationQuery(id).queryKey }),
  });
}
