import type { ApiClient } from "../client.ts";
import type { DeliveryState, WebhookChange, WebhookInput, WebhookTestType } from "../webhooks.ts";

export interface DeliveryListQuery {
  state?: DeliveryState;
  event?: WebhookTestType;
  limit?: number;
  cursor?: string;
}

export interface EgressListQuery {
  host?: string;
  refused?: boolean;
  limit?: number;
  cursor?: string;
}

export const webhooksApi = (client: ApiClient) => {
  const { http } = client;
  const webhook = (webhook_id: string) => ({ params: { path: { webhook_id } } });
  const delivery = (webhook_id: string, delivery_id: string) => ({
    params: { path: { webhook_id, delivery_id } },
  });
  return {
    list: () => client.body(http.GET("/v1/webhooks")),
    eventTypes: () => client.body(http.GET("/v1/webhooks/event-types")),
    get: (id: string) => client.body(http.GET("/v1/webhooks/{webhook_id}", webhook(id))),
    create: (body: WebhookInput) => client.body(http.POST("/v1/webhooks", { body })),
    update: (id: string, body: WebhookChange) =>
      client.body(http.PATCH("/v1/webhooks/{webhook_id}", { ...webhook(id), body })),
    remove: (id: string) => client.body(http.DELETE("/v1/webhooks/{webhook_id}", webhook(id))),
    rotateSecret: (id: string) =>
      client.body(http.POST("/v1/webhooks/{webhook_id}/secret", webhook(id))),
    /** Sends a sample, for real. */
    test: (id: string, type: WebhookTestType) =>
      client.body(http.POST("/v1/webhooks/{webhook_id}/test", { ...webhook(id), body: { type } })),
    replayFailed: (id: string, since: string) =>
      client.body(
        http.POST("/v1/webhooks/{webhook_id}/replay", { ...webhook(id), body: { since } }),
      ),
    deliveries: (webhook_id: string, query: DeliveryListQuery) =>
      client.body(
        http.GET("/v1/webhooks/{webhook_id}/deliveries", {
          params: { path: { webhook_id }, query },
        }),
      ),
    delivery: (id: string, deliveryId: string) =>
      client.body(
        http.GET("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}", delivery(id, deliveryId)),
      ),
    replay: (id: string, deliveryId: string) =>
      client.body(
        http.POST(
          "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
          delivery(id, deliveryId),
        ),
      ),
  };
};

export const egressApi = (client: ApiClient) => ({
  list: (query: EgressListQuery) =>
    client.body(client.http.GET("/v1/egress-calls", { params: { query } })),
});
