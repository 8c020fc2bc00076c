"""A mail to the owners of a company whose webhook was disabled."""

from medea.kernel.context import Context
from medea.kernel.ids import WebhookId
from medea.kernel.mail.mailer import send_each
from medea.modules.tenancy import facade as tenancy
from medea.modules.webhooks.repository import webhooks as repository
from medea.modules.webhooks.values import Webhook


async def send_notice(ctx: Context, webhook_id: WebhookId) -> None:
    """Tell the owners that a webhook gets nothing any more, unless it was enabled or deleted meanwhile."""
    async with ctx.transaction(durable=False) as sql:
        webhook = await repository.find_webhook(sql, webhook_id)
    if webhook is None or webhook.is_enabled:
        return
    owners = await tenancy.find_owners(ctx)
    subject = f"A webhook of {owners.company} was disabled"
    text = _text(ctx, webhook)
    await send_each(ctx.ports.mailer, owners.addresses, subject, text)


def _text(ctx: Context, webhook: Webhook) -> str:
    server = webhook.url.partition("?")[0]
    if webhook.disabled_reason == "gone":
        why = "It answered with status 410, which says that it wants no more events."
    else:
        since = "" if webhook.failing_since is None else f" since {webhook.failing_since:%d %B %Y at %H:%M} UTC"
        why = f"Nothing that was sent to it{since} has arrived."
    named = f" ({webhook.description})" if webhook.description else ""
    return (
        f"Hello,\n\nthe webhook{named} to\n\n  {server}\n\nwas disabled. {why}\n\n"
        "Events that happen from now on are not sent to it. When the server is mended, enable the webhook, and send\n"
        "again what has failed:\n\n"
        f"  {ctx.ports.settings.dashboard_origin}/dashboard/webhooks/{webhook.id}\n"
    )
