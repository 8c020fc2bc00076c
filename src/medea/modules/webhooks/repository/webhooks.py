"""Queries about webhooks."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId, WebhookId
from medea.modules.webhooks.values import Webhook

_COLUMNS = tuple(field.name for field in fields(Webhook))
_CHANGING = tuple(name for name in _COLUMNS if name not in {"id", "created_at"})


def _webhook(row: Any) -> Webhook:
    known = {name: row[name] for name in _COLUMNS}
    return Webhook(**known | {"id": WebhookId(row["id"]), "events": tuple(row["events"])})


async def list_webhooks(sql: Sql) -> list[Webhook]:
    """Return the bound company's webhooks, the oldest first."""
    return [_webhook(row) for row in await sql.fetch("SELECT * FROM webhooks ORDER BY id")]


async def find_webhook(sql: Sql, webhook: WebhookId, *, for_update: bool = False) -> Webhook | None:
    """Return one of them, or None."""
    row = await sql.fetchrow("SELECT * FROM webhooks WHERE id = $1" + (" FOR UPDATE" if for_update else ""), webhook)
    return None if row is None else _webhook(row)


async def save_webhook(sql: Sql, tenant: TenantId, webhook: Webhook) -> None:
    """Write a webhook, new or changed."""
    values = [getattr(webhook, name) for name in _COLUMNS]
    places = ", ".join(f"${number + 2}" for number in range(len(_COLUMNS)))
    changes = ", ".join(f"{name} = excluded.{name}" for name in _CHANGING)
    await sql.execute(
        f"INSERT INTO webhooks (tenant_id, {', '.join(_COLUMNS)}) VALUES ($1, {places})"
        f" ON CONFLICT (tenant_id, id) DO UPDATE SET {changes}",
        tenant,
        *values,
    )


async def delete_webhook(sql: Sql, webhook: WebhookId) -> bool:
    """Delete a webhook with its deliveries; False: there is none."""
    return await sql.fetchval("DELETE FROM webhooks WHERE id = $1 RETURNING true", webhook) is not None


async def count_webhooks(sql: Sql) -> int:
    """Return how many the bound company has."""
    return int(await sql.fetchval("SELECT count(*) FROM webhooks"))


async def wanted_events(sql: Sql) -> frozenset[str]:
    """Return the types of events that the bound company's enabled webhooks want."""
    rows = await sql.fetch("SELECT DISTINCT unnest(events) AS type FROM webhooks WHERE is_enabled")
    return frozenset(row["type"] for row in rows)


async def list_wanting(sql: Sql, event_type: str) -> dict[WebhookId, bool]:
    """Return the enabled webhooks that want events of a type, each with whether it fails just now."""
    rows = await sql.fetch(
        "SELECT id, failing_since IS NOT NULL AS is_failing FROM webhooks"
        " WHERE is_enabled AND $1 = ANY(events) ORDER BY id",
        event_type,
    )
    return {WebhookId(row["id"]): row["is_failing"] for row in rows}


async def note_success(sql: Sql, webhook: WebhookId, at: datetime) -> None:
    """Note that something got through; of many at once one does, so that they do not wait for each other's commit."""
    await sql.execute(
        "UPDATE webhooks SET last_success_at = $2::timestamptz, failing_since = NULL WHERE id = $1 AND (failing_since"
        " IS NOT NULL OR last_success_at IS NULL OR last_success_at < $2::timestamptz - interval '1 second')",
        webhook,
        at,
    )


async def note_failure(sql: Sql, webhook: WebhookId, at: datetime) -> datetime | None:
    """Note that something did not; return since when nothing has, or None: it is disabled or gone."""
    since: datetime | None = await sql.fetchval(
        "UPDATE webhooks SET last_failure_at = $2, failing_since = coalesce(failing_since, $2)"
        " WHERE id = $1 AND is_enabled RETURNING failing_since",
        webhook,
        at,
    )
    return since


async def disable(sql: Sql, tried: Webhook, reason: str, at: datetime) -> bool:
    """Send it nothing any more; False: it was disabled already, was changed since it was read, or is gone.

    Args:
        sql: of its company.
        tried: as it was read before the try that is the reason.
        reason: a `DisabledReason`.
        at: now.
    """
    done = await sql.fetchval(
        "UPDATE webhooks SET is_enabled = false, disabled_reason = $2, disabled_at = $3, updated_at = $3"
        " WHERE id = $1 AND is_enabled AND url = $4 AND updated_at = $5 RETURNING true",
        tried.id,
        reason,
        at,
        tried.url,
        tried.updated_at,
    )
    return done is not None
