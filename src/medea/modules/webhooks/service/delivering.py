"""One try at one delivery, and what comes of it.

The request is made in no transaction. What it was answered, the state, and the job of the next try are one commit; who
is killed between the request and that commit makes the same request again, with the same `webhook-id`.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.errors import AppError
from medea.kernel.ids import DeliveryId
from medea.kernel.outbound.client import OutboundResponse
from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundUnreachable
from medea.kernel.text import clean_text
from medea.modules.webhooks import caches, pauses, signing
from medea.modules.webhooks.events import WebhookDisabled
from medea.modules.webhooks.repository import deliveries, webhooks
from medea.modules.webhooks.service.publishing import BEHIND, DELIVER
from medea.modules.webhooks.values import Attempt, Delivery, DisabledReason, State, Webhook

SEND_NOTICE = "webhooks.send_notice"
GONE = 410
READ_BYTES = 16_384
SHOWN_CHARS = 4_000
_SHOWN_HEADERS = ("content-type", "content-length", "date", "location", "retry-after", "server", "x-request-id")


@dataclass(frozen=True, slots=True)
class _Result:
    """What a try gave.

    Attributes:
        retry_after: what the server asked for.
    """

    attempt: Attempt
    retry_after: str | None = None

    @property
    def is_delivered(self) -> bool:
        return self.attempt.error is None


async def deliver(ctx: Context, delivery_id: DeliveryId, attempt: int) -> None:
    """Make one try, unless it was made, or nobody wants it any more.

    Args:
        ctx: of the job.
        delivery_id: which.
        attempt: the number of the try, from 1.
    """
    async with ctx.transaction(durable=False) as sql:
        delivery = await deliveries.find_delivery(sql, delivery_id)
        webhook = None if delivery is None else await webhooks.find_webhook(sql, delivery.webhook_id)
    if delivery is None or webhook is None or delivery.state != "pending" or delivery.attempts != attempt - 1:
        return
    if not webhook.is_enabled:
        async with ctx.transaction() as sql:
            await deliveries.give_up(sql, delivery_id, "The webhook was disabled before this was sent.", ctx.now())
        return
    result = await _try(ctx, webhook, delivery, attempt)
    await _conclude(ctx, webhook, delivery, result)


async def give_up(ctx: Context, delivery_id: DeliveryId, reason: str) -> None:
    """Let a delivery have failed whose job is given up: a fault of ours."""
    async with ctx.transaction() as sql:
        await deliveries.give_up(sql, delivery_id, f"Medea could not send this: {reason}"[:300], ctx.now())


async def _try(ctx: Context, webhook: Webhook, delivery: Delivery, number: int) -> _Result:
    secrets = valid_secrets(ctx, webhook)
    body, at = delivery.event.body.encode(), ctx.now()
    headers = signing.headers_of(str(delivery.event.id), body, secrets, at=int(time.time()))
    headers |= {"content-type": "application/json", "user-agent": "medea-webhooks"}
    answer: OutboundResponse | None = None
    error: str | None = None
    begun = time.perf_counter()
    try:
        answer = await ctx.ports.outbound.request(
            "POST",
            webhook.url,
            headers=headers,
            body=body,
            timeout=ctx.ports.settings.webhooks.timeout,
            cut_at=READ_BYTES,
            purpose="webhook",
        )
    except AppError as failure:
        error = _in_words(failure)
    spent = round((time.perf_counter() - begun) * 1000)
    if answer is None:
        return _Result(Attempt(number=number, at=at, status=None, error=error, headers={}, body="", duration_ms=spent))
    text = signing.masked(clean_text(answer.body.decode("utf-8", "replace")), secrets)[:SHOWN_CHARS]
    attempt = Attempt(
        number=number,
        at=at,
        status=answer.status,
        error=None if 200 <= answer.status < 300 else _fault_of(answer),
        headers=_shown(answer.headers, secrets),
        body=text,
        duration_ms=spent,
    )
    return _Result(attempt, answer.headers.get("retry-after"))


def valid_secrets(ctx: Context, webhook: Webhook) -> list[str]:
    """Return what a webhook's requests are signed with now: the secret, and for a day the one of before."""
    sealed = [webhook.secret_ciphertext]
    if webhook.old_secret_ciphertext is not None and (webhook.old_secret_until or ctx.now()) > ctx.now():
        sealed.append(webhook.old_secret_ciphertext)
    return [signing.unseal(ctx, webhook.id, ciphertext) for ciphertext in sealed]


async def _conclude(ctx: Context, webhook: Webhook, delivery: Delivery, result: _Result) -> None:
    attempt, now = result.attempt, ctx.now()
    next_at = None
    if not result.is_delivered and attempt.status != GONE:
        next_at = pauses.next_try(
            attempt.number, now=now, give_up_at=delivery.give_up_at, retry_after=result.retry_after
        )
    state: State = "delivered" if result.is_delivered else "pending" if next_at is not None else "failed"
    async with ctx.transaction() as sql:
        if not await deliveries.record_attempt(sql, ctx.tenant, delivery.id, attempt, state=state, next_at=next_at):
            return
        if result.is_delivered:
            await webhooks.note_success(sql, webhook.id, now)
            return
        await _note_failure(ctx, sql, webhook, attempt)
        if next_at is not None:
            number = attempt.number + 1
            key = f"{delivery.id}/{number}"
            ctx.enqueue(DELIVER, delivery_id=delivery.id, attempt=number, run_at=next_at, key=key, priority=BEHIND)


async def _note_failure(ctx: Context, sql: Sql, webhook: Webhook, attempt: Attempt) -> None:
    """Disable a webhook that is gone, or that has failed for days; its owners get a mail.

    One that was changed or enabled since the try began stays as it is: the try says nothing of it.
    """
    now = ctx.now()
    since = await webhooks.note_failure(sql, webhook.id, now)
    patience = timedelta(hours=ctx.ports.settings.webhooks.disable_hours)
    reason: DisabledReason | None = None
    if attempt.status == GONE:
        reason = "gone"
    elif since is not None and now - since >= patience:
        reason = "failing"
    if reason is not None and await webhooks.disable(sql, webhook, reason, now):
        caches.forget_wanted(ctx)
        ctx.emit(WebhookDisabled(webhook_id=webhook.id, reason=reason))
        ctx.enqueue(SEND_NOTICE, webhook_id=webhook.id)
        ctx.log.info("webhooks.disabled", webhook_id=str(webhook.id), reason=reason)


def _fault_of(answer: OutboundResponse) -> str:
    if answer.status == GONE:
        return "The server answered with status 410: it wants no more events."
    if 300 <= answer.status < 400:
        return f"The server answered with status {answer.status}; redirects are not followed."
    return f"The server answered with status {answer.status}."


def _shown(headers: Mapping[str, str], secrets: list[str]) -> dict[str, str]:
    return {name: signing.masked(headers[name], secrets)[:500] for name in _SHOWN_HEADERS if name in headers}


def _in_words(failure: AppError) -> str:
    match failure:
        case OutboundRefused():
            return f"The address is refused: {failure.detail}"
        case OutboundTimeout():
            return "The server did not answer in time."
        case OutboundUnreachable():
            return "The server cannot be reached."
    return "The request failed."
