"""Forgetting events and deliveries that have had their time."""

from datetime import timedelta

from medea.kernel.context import Context
from medea.modules.webhooks.repository import deliveries


async def purge(ctx: Context) -> int:
    """Delete events of all tenants with their deliveries and bodies; return how many."""
    before = ctx.now() - timedelta(days=ctx.ports.settings.webhooks.keep_days)
    async with ctx.ports.database.system(durable=False) as sql:
        return await deliveries.purge_events(sql, before)
