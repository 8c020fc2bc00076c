"""Background jobs of webhooks."""

from datetime import timedelta

from medea.kernel.bus.periodic import periodic
from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import DeliveryId, WebhookId
from medea.modules.webhooks.service import delivering, notices, publishing, purging


@task(publishing.DELIVER, queue="webhooks", timeout=90, retries=20)
async def deliver(ctx: Context, delivery_id: DeliveryId, attempt: int) -> None:
    """Make one try at a delivery; the next one is a job of its own."""
    await delivering.deliver(ctx, delivery_id, attempt)


@deliver.on_dead
async def give_up(ctx: Context, reason: str, delivery_id: DeliveryId, attempt: int) -> None:
    """Say that it was not sent."""
    await delivering.give_up(ctx, delivery_id, reason)


@task(delivering.SEND_NOTICE)
async def send_notice(ctx: Context, webhook_id: WebhookId) -> None:
    """Mail the owners that a webhook was disabled."""
    await notices.send_notice(ctx, webhook_id)


@periodic("webhooks.purge", every=timedelta(hours=1), offset=timedelta(minutes=20), timeout=600)
async def purge(ctx: Context) -> None:
    """Forget what has had its time."""
    ctx.log.info("webhooks.purged", events=await purging.purge(ctx))
