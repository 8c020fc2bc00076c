import type { ApiClient } from "../client.ts";
import type { Channel, Rating, ReviewInput, TurnAccepted } from "../types.ts";

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

export const conversationsApi = (client: ApiClient) => {
  const { http } = client;
  const conversation = (conversation_id: string) => ({ params: { path: { conversation_id } } });
  const turn = (turn_id: string) => ({ params: { path: { turn_id } } });
  return {
    list: ({ q, ...query }: ConversationListQuery = {}) =>
      client.body(
        http.GET("/v1/conversations", { params: { query: q ? { ...query, q } : query } }),
      ),
    get: (id: string) =>
      client.body(http.GET("/v1/conversations/{conversation_id}", conversation(id))),
    start: (body: { agent: string; title?: string; draft?: boolean }) =>
      client.body(http.POST("/v1/conversations", { body: { draft: false, ...body } })),
    rename: (id: string, title: string) =>
      client.body(
        http.PATCH("/v1/conversations/{conversation_id}", { ...conversation(id), body: { title } }),
      ),
    messages: (conversation_id: string, query: PageQuery = {}) =>
      client.body(
        http.GET("/v1/conversations/{conversation_id}/messages", {
          params: { path: { conversation_id }, query },
        }),
      ),
    events: (conversation_id: string, query: { limit?: number; cursor?: string } = {}) =>
      client.body(
        http.GET("/v1/conversations/{conversation_id}/events", {
          params: { path: { conversation_id }, query },
        }),
      ),
    send: async (id: string, text: string) =>
      // Without `Accept: text/event-stream` the answer is the acceptance, never the stream.
      (await client.body(
        http.POST("/v1/conversations/{conversation_id}/messages", {
          ...conversation(id),
          body: { text },
        }),
      )) as TurnAccepted,
    turn: (id: string) => client.body(http.GET("/v1/turns/{turn_id}", turn(id))),
    cancelTurn: (id: string) => client.body(http.POST("/v1/turns/{turn_id}/cancel", turn(id))),
    held: (query: { limit?: number; cursor?: string } = {}) =>
      client.body(http.GET("/v1/held-answers", { params: { query } })),
    countHeld: () => client.body(http.GET("/v1/held-answers/count")),
    review: (turnId: string, body: ReviewInput) =>
      client.body(http.POST("/v1/turns/{turn_id}/review", { ...turn(turnId), body })),
    rate: (message_id: string, body: { rating: Rating | null; comment?: string }) =>
      client.body(
        http.POST("/v1/messages/{message_id}/feedback", { params: { path: { message_id } }, body }),
      ),
  };
};
