export { readDeliveryFilters } from "./deliveries/filters";
export { webhookQuery } from "./queries";
export { WebhookPage } from "./webhook-page";
export { WebhooksPage } from "./webhooks-page";
