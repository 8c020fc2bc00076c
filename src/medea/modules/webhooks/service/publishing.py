"""Events, written down once for all webhooks that want them, each with a delivery and its job, in one transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DeliveryId, LeadId, WebhookEventId, WebhookId
from medea.kernel.text import json_text
from medea.modules.tools import facade as tools
from medea.modules.webhooks.repository import deliveries, webhooks
from medea.modules.webhooks.values import Told

DELIVER = "webhooks.deliver"
BEHIND = -1
"""Priority of what is sent to a server that fails: the company's other webhooks have places first."""
VERSION = 1


async def publish(ctx: Context, event_type: str, data: dict[str, Any]) -> int:
    """Send an event to all webhooks that want it; return how many.

    Run again by the same job, it does nothing: the event has the job's id, and the time at which it was announced.
    """
    job = ctx.job
    event_id = WebhookEventId.new() if job is None else WebhookEventId(job.id.int)
    event = told(event_id, event_type, data, at=ctx.now() if job is None else job.created_at)
    async with ctx.transaction() as sql:
        wanting = await webhooks.list_wanting(sql, event_type)
        if not wanting or not await deliveries.add_event(sql, ctx.tenant, event, ctx.now()):
            return 0
        await hand_over(ctx, sql, event.id, wanting)
    return len(wanting)


async def publish_lead(ctx: Context, lead_id: LeadId, data: dict[str, Any]) -> int:
    """Send what a visitor filled in; nothing, where it was deleted meanwhile."""
    try:
        lead = await tools.get_lead(ctx, lead_id)
    except tools.LeadNotFound:
        return 0
    return await publish(ctx, "lead.captured", data | {"title": lead.title, "answers": dict(lead.answers)})


def told(event_id: WebhookEventId, event_type: str, data: dict[str, Any], *, at: datetime) -> Told:
    """Return an event as it is sent."""
    timestamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = json_text({"type": event_type, "version": VERSION, "timestamp": timestamp, "data": data})
    return Told(id=event_id, type=event_type, at=at, body=body)


async def hand_over(
    ctx: Context, sql: Sql, event: WebhookEventId, wanting: Mapping[WebhookId, bool]
) -> list[DeliveryId]:
    """Let an event be on its way to some webhooks, when the transaction commits.

    Args:
        ctx: of whoever publishes.
        sql: the transaction, in which the event was added.
        event: which.
        wanting: to which, each with whether it fails just now: then others go first.
    """
    made = []
    give_up_at = ctx.now() + timedelta(hours=ctx.ports.settings.webhooks.retry_hours)
    for webhook, is_failing in wanting.items():
        delivery = DeliveryId.new()
        await deliveries.add_delivery(
            sql, ctx.tenant, delivery, webhook=webhook, event=event, give_up_at=give_up_at, at=ctx.now()
        )
        ctx.enqueue(DELIVER, delivery_id=delivery, attempt=1, priority=BEHIND if is_failing else 0)
        made.append(delivery)
    return made
