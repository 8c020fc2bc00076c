import type { ApiClient } from "../client.ts";
import type {
  Channel,
  Conversation,
  Message,
  Page,
  Rating,
  StoredEvent,
  Turn,
  TurnAccepted,
} from "../types.ts";

export interface ConversationListQuery {
  agent?: string;
  channel?: Channel;
  q?: string;
  limit?: number;
  cursor?: string;
}

export interface PageQuery {
  order?: "asc" | "desc";
  limit?: number;
  cursor?: string;
}

export const conversationsApi = (client: ApiClient) => ({
  list: (query: ConversationListQuery = {}) =>
    client.request<Page<Conversation>>("GET", "/conversations", { query: { ...query } }),
  get: (id: string) => client.request<Conversation>("GET", `/conversations/${id}`),
  start: (body: { agent: string; title?: string; draft?: boolean }) =>
    client.request<Conversation>("POST", "/conversations", { body }),
  rename: (id: string, title: string) =>
    client.request<Conversation>("PATCH", `/conversations/${id}`, { body: { title } }),
  messages: (id: string, query: PageQuery = {}) =>
    client.request<Page<Message>>("GET", `/conversations/${id}/messages`, {
      query: { ...query },
    }),
  events: (id: string, query: { limit?: number; cursor?: string } = {}) =>
    client.request<Page<StoredEvent>>("GET", `/conversations/${id}/events`, { query }),
  send: (id: string, text: string) =>
    client.request<TurnAccepted>("POST", `/conversations/${id}/messages`, { body: { text } }),
  turn: (id: string) => client.request<Turn>("GET", `/turns/${id}`),
  cancelTurn: (id: string) => client.request<Turn>("POST", `/turns/${id}/cancel`),
  rate: (messageId: string, body: { rating: Rating | null; comment?: string }) =>
    client.request<Message>("POST", `/messages/${messageId}/feedback`, { body }),
});
