"""Queries about events, deliveries and attempts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from medea.kernel.db.sql import Sql
from medea.kernel.ids import DeliveryId, TenantId, WebhookEventId, WebhookId
from medea.modules.webhooks.values import Attempt, Delivery, State, Told

_PURGED_AT_ONCE = 5_000
_SELECT = (
    "SELECT d.id, d.webhook_id, d.state, d.attempts, d.next_at, d.give_up_at, d.last_status, d.last_error,"
    " d.finished_at, d.created_at, e.id AS event_id, e.type, e.at, e.body"
    " FROM webhook_deliveries d JOIN webhook_events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id"
)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=DeliveryId(row["id"]),
        webhook_id=WebhookId(row["webhook_id"]),
        event=Told(id=WebhookEventId(row["event_id"]), type=row["type"], at=row["at"], body=row["body"]),
        state=row["state"],
        attempts=row["attempts"],
        next_at=row["next_at"],
        give_up_at=row["give_up_at"],
        last_status=row["last_status"],
        last_error=row["last_error"],
        finished_at=row["finished_at"],
        created_at=row["created_at"],
    )


async def add_event(sql: Sql, tenant: TenantId, event: Told, at: datetime) -> bool:
    """Keep an event; False: it is kept already."""
    added = await sql.fetchval(
        "INSERT INTO webhook_events (tenant_id, id, type, at, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING RETURNING true",
        tenant,
        event.id,
        event.type,
        event.at,
        event.body,
        at,
    )
    return added is not None


async def add_delivery(
    sql: Sql,
    tenant: TenantId,
    delivery: DeliveryId,
    *,
    webhook: WebhookId,
    event: WebhookEventId,
    give_up_at: datetime,
    at: datetime,
) -> None:
    """Let an event be on its way to a webhook."""
    await sql.execute(
        "INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, event_id, state, next_at, give_up_at, created_at)"
        " VALUES ($1, $2, $3, $4, 'pending', $6, $5, $6)",
        tenant,
        delivery,
        webhook,
        event,
        give_up_at,
        at,
    )


async def find_delivery(sql: Sql, delivery: DeliveryId) -> Delivery | None:
    """Return a delivery with its event, or None."""
    row = await sql.fetchrow(f"{_SELECT} WHERE d.id = $1", delivery)
    return None if row is None else _delivery(row)


async def list_deliveries(
    sql: Sql, webhook: WebhookId, *, state: State | None, event_type: str | None, before: DeliveryId | None, limit: int
) -> list[Delivery]:
    """Return a webhook's deliveries, the newest first."""
    rows = await sql.fetch(
        f"{_SELECT} WHERE d.webhook_id = $1 AND ($2::text IS NULL OR d.state = $2)"
        " AND ($3::text IS NULL OR e.type = $3) AND ($4::uuid IS NULL OR d.id < $4) ORDER BY d.id DESC LIMIT $5",
        webhook,
        state,
        event_type,
        before,
        limit,
    )
    return [_delivery(row) for row in rows]


async def list_attempts(sql: Sql, delivery: DeliveryId) -> list[Attempt]:
    """Return what was answered, the first try first."""
    rows = await sql.fetch(
        "SELECT number, at, status, error, headers, body, duration_ms FROM webhook_attempts"
        " WHERE delivery_id = $1 ORDER BY number",
        delivery,
    )
    return [Attempt(**row) for row in rows]


async def record_attempt(
    sql: Sql, tenant: TenantId, delivery: DeliveryId, attempt: Attempt, *, state: State, next_at: datetime | None
) -> bool:
    """Keep what was answered and what comes of it; False: another try of this number was faster."""
    done = await sql.fetchval(
        "UPDATE webhook_deliveries SET attempts = $2, state = $3, next_at = $4, last_status = $5, last_error = $6,"
        " finished_at = CASE WHEN $3 = 'pending' THEN NULL ELSE $7::timestamptz END"
        " WHERE id = $1 AND attempts = $2 - 1 AND state = 'pending' RETURNING true",
        delivery,
        attempt.number,
        state,
        next_at,
        attempt.status,
        attempt.error,
        attempt.at,
    )
    if done is None:
        return False
    await sql.execute(
        "INSERT INTO webhook_attempts (tenant_id, delivery_id, number, at, status, error, headers, body, duration_ms)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tenant,
        delivery,
        attempt.number,
        attempt.at,
        attempt.status,
        attempt.error,
        dict(attempt.headers),
        attempt.body,
        attempt.duration_ms,
    )
    return True


async def give_up(sql: Sql, delivery: DeliveryId, error: str, at: datetime) -> None:
    """Let a delivery that is still pending have failed."""
    await sql.execute(
        "UPDATE webhook_deliveries SET state = 'failed', next_at = NULL, last_error = $2, finished_at = $3"
        " WHERE id = $1 AND state = 'pending'",
        delivery,
        error,
        at,
    )


async def send_again(sql: Sql, deliveries: Sequence[DeliveryId], *, at: datetime, give_up_at: datetime) -> list[Any]:
    """Let deliveries be pending from now on; return their ids with the attempts made."""
    return await sql.fetch(
        "UPDATE webhook_deliveries SET state = 'pending', next_at = $2, give_up_at = $3, finished_at = NULL"
        " WHERE id = ANY($1) RETURNING id, attempts",
        list(deliveries),
        at,
        give_up_at,
    )


async def list_failed(sql: Sql, webhook: WebhookId, since: datetime, limit: int) -> list[DeliveryId]:
    """Return deliveries of events since then that failed, the oldest first."""
    rows = await sql.fetch(
        "SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'failed' AND created_at >= $2"
        " ORDER BY id LIMIT $3",
        webhook,
        since,
        limit,
    )
    return [DeliveryId(row["id"]) for row in rows]


async def purge_events(sql: Sql, before: datetime) -> int:
    """Delete events with their deliveries, as `medea_system`; return how many."""
    gone = 0
    while True:
        tag = await sql.execute(
            "DELETE FROM webhook_events WHERE (tenant_id, id) IN"
            " (SELECT tenant_id, id FROM webhook_events WHERE created_at < $1 LIMIT $2)",
            before,
            _PURGED_AT_ONCE,
        )
        number = int(tag.rpartition(" ")[2])
        gone += number
        if number < _PURGED_AT_ONCE:
            return gone
