"""What leaves a company: a webhook with a delivery that failed, and a call through the outbound door."""

import uuid

from medea.apps.bootstrap import Installation
from medea.kernel.ids import DeliveryId, TenantId, WebhookEventId, WebhookId
from medea.modules.webhooks.signing import new_secret, owner_of_secret


async def furnish_webhooks(installation: Installation, tenant_id: TenantId, mark: str) -> dict[str, str]:
    """Leave one of each; return what routes may name."""
    webhook, event, delivery = WebhookId.new(), WebhookEventId.new(), DeliveryId.new()
    keyring = installation.ports.keyring
    sealed = keyring.encrypt(new_secret().encode(), owner_of_secret(tenant_id, webhook))
    async with installation.ports.database.transaction(tenant_id) as sql:
        await sql.execute(
            "INSERT INTO webhooks (tenant_id, id, url, description, events, secret_ciphertext, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, '{agent.published}', $5, now(), now())",
            *(tenant_id, webhook, f"https://{mark}.example.org/hook", mark, sealed),
        )
        await sql.execute(
            "INSERT INTO webhook_events (tenant_id, id, type, at, body, created_at)"
            " VALUES ($1, $2, 'agent.published', now(), $3, now())",
            *(tenant_id, event, f'{{"mark": "{mark}"}}'),
        )
        await sql.execute(
            "INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, event_id, state, attempts, give_up_at,"
            " last_error, finished_at, created_at) VALUES ($1, $2, $3, $4, 'failed', 1, now(), $5, now(), now())",
            *(tenant_id, delivery, webhook, event, mark),
        )
        await sql.execute(
            "INSERT INTO webhook_attempts (tenant_id, delivery_id, number, at, status, error, headers, body,"
            " duration_ms) VALUES ($1, $2, 1, now(), 500, $3, '{}', $3, 5)",
            *(tenant_id, delivery, mark),
        )
    async with installation.ports.database.system() as sql:
        await sql.execute(
            "INSERT INTO egress_calls (tenant_id, id, at, purpose, method, host, port, status, received_bytes,"
            " duration_ms) VALUES ($1, $2, now(), 'webhook', 'POST', $3, 443, 500, 5, 5)",
            *(tenant_id, uuid.uuid4(), f"{mark}.example.org"),
        )
    return {"webhook_id": str(webhook), "delivery_id": str(delivery)}
