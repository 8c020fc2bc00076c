"""Deliveries: looked at, sent again, tried out."""

from datetime import datetime, timedelta

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DeliveryId, WebhookEventId, WebhookId
from medea.modules.webhooks.catalogue import sample_of
from medea.modules.webhooks.errors import DeliveryNotFound, WebhookDisabled
from medea.modules.webhooks.repository import deliveries as repository
from medea.modules.webhooks.service import webhooks
from medea.modules.webhooks.service.publishing import BEHIND, DELIVER, hand_over, told
from medea.modules.webhooks.values import Attempt, Delivery, State

AT_ONCE = 1_000


async def list_deliveries(
    ctx: Context, webhook_id: WebhookId, page: PageRequest, *, state: State | None, event_type: str | None
) -> Page[Delivery]:
    """Return a webhook's deliveries, the newest first.

    Raises:
        WebhookNotFound: there is none.
        Invalid: the cursor is none of ours.
    """
    before = page.id_key(DeliveryId)
    async with ctx.transaction(durable=False) as sql:
        await webhooks.find(sql, webhook_id)
        found = await repository.list_deliveries(
            sql, webhook_id, state=state, event_type=event_type, before=before, limit=page.limit + 1
        )
    return page.page(found, lambda delivery: [str(delivery.id)])


async def get_delivery(ctx: Context, webhook_id: WebhookId, delivery_id: DeliveryId) -> tuple[Delivery, list[Attempt]]:
    """Return a delivery with what was answered.

    Raises:
        DeliveryNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        delivery = await _find(sql, webhook_id, delivery_id)
        return delivery, await repository.list_attempts(sql, delivery_id)


async def replay(ctx: Context, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    """Send a delivery again, now, under the same id, whatever became of it; it has another day.

    Raises:
        DeliveryNotFound: there is none.
        WebhookDisabled: the webhook is.
    """
    async with ctx.transaction() as sql:
        await _find(sql, webhook_id, delivery_id)
        await _check_enabled(sql, webhook_id)
        await _send_again(ctx, sql, [delivery_id], priority=0)
        return await _find(sql, webhook_id, delivery_id)


async def replay_failed(ctx: Context, webhook_id: WebhookId, since: datetime) -> tuple[int, bool]:
    """Send again what has failed of what happened since then, the oldest first, at most `AT_ONCE`.

    Returns:
        How many, and whether these were all.

    Raises:
        WebhookNotFound: there is none.
        WebhookDisabled: it is disabled.
    """
    kept_since = ctx.now() - timedelta(days=ctx.ports.settings.webhooks.keep_days + 1)
    async with ctx.transaction() as sql:
        await _check_enabled(sql, webhook_id)
        failed = await repository.list_failed(sql, webhook_id, min(max(since, kept_since), ctx.now()), AT_ONCE + 1)
        await _send_again(ctx, sql, failed[:AT_ONCE], priority=BEHIND)
    return min(len(failed), AT_ONCE), len(failed) <= AT_ONCE


async def send_test(ctx: Context, webhook_id: WebhookId, event_type: str) -> Delivery:
    """Send a sample of an event, whatever the webhook wants otherwise.

    Args:
        ctx: of the request.
        webhook_id: which.
        event_type: of the catalogue, or `webhook.test`.

    Raises:
        WebhookNotFound: there is none.
        WebhookDisabled: it is disabled.
    """
    event = told(WebhookEventId.new(), event_type, sample_of(event_type), at=ctx.now())
    async with ctx.transaction() as sql:
        await _check_enabled(sql, webhook_id)
        await repository.add_event(sql, ctx.tenant, event, ctx.now())
        [delivery_id] = await hand_over(ctx, sql, event.id, {webhook_id: False})
        return await _find(sql, webhook_id, delivery_id)


async def _find(sql: Sql, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    found = await repository.find_delivery(sql, delivery_id)
    if found is None or found.webhook_id != webhook_id:
        raise DeliveryNotFound()
    return found


async def _check_enabled(sql: Sql, webhook_id: WebhookId) -> None:
    if not (await webhooks.find(sql, webhook_id)).is_enabled:
        raise WebhookDisabled()


async def _send_again(ctx: Context, sql: Sql, chosen: list[DeliveryId], *, priority: int) -> None:
    """Let deliveries be tried now: each once, however often this is asked for before a worker comes to it."""
    now = ctx.now()
    give_up_at = now + timedelta(hours=ctx.ports.settings.webhooks.retry_hours)
    for row in await repository.send_again(sql, chosen, at=now, give_up_at=give_up_at):
        delivery, number = DeliveryId(row["id"]), row["attempts"] + 1
        key = f"{delivery}/{number}/now"
        ctx.enqueue(DELIVER, delivery_id=delivery, attempt=number, key=key, priority=priority)
