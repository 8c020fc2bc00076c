/** The wire types of webhooks and of the outbound door's log, by the names the product uses. */
import type { components } from "./schema.gen.ts";

type Schemas = components["schemas"];

/** An address of the company's that events are sent to. */
export type Webhook = Schemas["WebhookRead"];
export type WebhookInput = Schemas["WebhookCreate"];
export type WebhookChange = Schemas["WebhookUpdate"];
/** The answer to making one, or to another secret: the only time the secret is shown. */
export type WebhookCreated = Schemas["WebhookCreated"];
export type WebhookEventType = Schemas["EventTypeRead"];
/** One event on its way to one webhook. */
export type Delivery = Schemas["DeliveryRead"];
export type DeliveryState = Delivery["state"];
/** The same with the body and what was answered. */
export type DeliveryDetail = Schemas["DeliveryDetail"];
export type DeliveryTry = Schemas["AttemptRead"];
export type WebhookTestType = NonNullable<Schemas["WebhookTest"]["type"]>;

/** A request that the company's work sent out, or that the outbound door refused. */
export type EgressCall = Schemas["EgressCallRead"];
