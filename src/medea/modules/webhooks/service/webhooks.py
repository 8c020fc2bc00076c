"""Webhooks: added, changed, given another secret."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.errors import FieldError
from medea.kernel.ids import WebhookId
from medea.kernel.outbound.errors import OutboundRefused
from medea.modules.webhooks import caches, signing
from medea.modules.webhooks.catalogue import TYPES
from medea.modules.webhooks.errors import TooManyWebhooks, WebhookInvalid, WebhookNotFound
from medea.modules.webhooks.repository import webhooks as repository
from medea.modules.webhooks.values import Webhook

OVERLAP = timedelta(days=1)
"""How long requests are signed with the secret of before, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be changed; None leaves it."""

    url: str | None = None
    description: str | None = None
    events: Sequence[str] | None = None
    is_enabled: bool | None = None


async def list_webhooks(ctx: Context) -> list[Webhook]:
    """Return the company's webhooks, the oldest first."""
    async with ctx.transaction(durable=False) as sql:
        return await repository.list_webhooks(sql)


async def get_webhook(ctx: Context, webhook_id: WebhookId) -> Webhook:
    """Return one.

    Raises:
        WebhookNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        return await find(sql, webhook_id)


async def find(sql: Sql, webhook_id: WebhookId, *, for_update: bool = False) -> Webhook:
    """Return one, in a transaction.

    Raises:
        WebhookNotFound: there is none.
    """
    found = await repository.find_webhook(sql, webhook_id, for_update=for_update)
    if found is None:
        raise WebhookNotFound()
    return found


async def create_webhook(ctx: Context, *, url: str, description: str, events: Sequence[str]) -> tuple[Webhook, str]:
    """Add a webhook; return it with its secret, which is shown this once.

    Raises:
        WebhookInvalid: the address is refused, or there are no such events.
        TooManyWebhooks: there are as many as may be.
    """
    webhook_id, now, secret = ctx.new_id(WebhookId), ctx.now(), signing.new_secret()
    webhook = Webhook(
        id=webhook_id,
        url=url,
        description=description,
        events=tuple(dict.fromkeys(events)),
        secret_ciphertext=signing.seal(ctx, webhook_id, secret),
        created_at=now,
        updated_at=now,
    )
    _check(ctx, webhook)
    limit = ctx.ports.settings.webhooks.max_per_tenant
    async with ctx.transaction() as sql:
        if await repository.count_webhooks(sql) >= limit:
            raise TooManyWebhooks(limit=limit)
        await repository.save_webhook(sql, ctx.tenant, webhook)
        caches.forget_wanted(ctx)
    return webhook, secret


async def change_webhook(ctx: Context, webhook_id: WebhookId, changes: Changes) -> Webhook:
    """Change a webhook. Enabled again, it gets what happens from now on; what failed before can be sent again.

    Raises:
        WebhookNotFound: there is none.
        WebhookInvalid: it could not work then.
    """
    async with ctx.transaction() as sql:
        before = await find(sql, webhook_id, for_update=True)
        after = replace(
            before,
            url=before.url if changes.url is None else changes.url,
            description=before.description if changes.description is None else changes.description,
            events=before.events if changes.events is None else tuple(dict.fromkeys(changes.events)),
            updated_at=ctx.now(),
        )
        if changes.is_enabled is not None and changes.is_enabled != before.is_enabled:
            after = replace(
                after,
                is_enabled=changes.is_enabled,
                disabled_reason=None if changes.is_enabled else "owner",
                disabled_at=None if changes.is_enabled else ctx.now(),
                failing_since=None,
            )
        _check(ctx, after)
        await repository.save_webhook(sql, ctx.tenant, after)
        caches.forget_wanted(ctx)
    return after


async def delete_webhook(ctx: Context, webhook_id: WebhookId) -> None:
    """Delete a webhook with its deliveries; what is under way may still arrive.

    Raises:
        WebhookNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        if not await repository.delete_webhook(sql, webhook_id):
            raise WebhookNotFound()
        caches.forget_wanted(ctx)


async def rotate_secret(ctx: Context, webhook_id: WebhookId) -> tuple[Webhook, str]:
    """Sign with another secret from now on, and with the one of before, too, for a day.

    Raises:
        WebhookNotFound: there is none.
    """
    secret = signing.new_secret()
    async with ctx.transaction() as sql:
        before = await find(sql, webhook_id, for_update=True)
        after = replace(
            before,
            secret_ciphertext=signing.seal(ctx, webhook_id, secret),
            old_secret_ciphertext=before.secret_ciphertext,
            old_secret_until=ctx.now() + OVERLAP,
            updated_at=ctx.now(),
        )
        await repository.save_webhook(sql, ctx.tenant, after)
    return after, secret


def _check(ctx: Context, webhook: Webhook) -> None:
    faults = []
    try:
        ctx.ports.outbound.policy.check_url(webhook.url)
    except OutboundRefused as error:
        faults.append(FieldError("url", error.detail, "outbound_refused"))
    if not webhook.events:
        faults.append(FieldError("events", "choose at least one", "missing"))
    if unknown := sorted(set(webhook.events) - TYPES):
        words = f"{unknown[0][:60]!r} is no event; there are {', '.join(sorted(TYPES))}"
        faults.append(FieldError("events", words, "unknown"))
    if faults:
        raise WebhookInvalid(errors=faults)
