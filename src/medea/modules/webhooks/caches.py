"""Who wants what: asked by everything that happens, so remembered in process."""

from collections.abc import Callable

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.modules.webhooks.repository import webhooks as repository

WANTED: CacheSpec[frozenset[str]] = CacheSpec("webhooks.wanted", ttl=60, size=20_000)
"""The types of events that a company's enabled webhooks want."""


def is_wanted(event_type: str) -> Callable[[Context], bool]:
    """Return what tells whether a company may want events of a type: yes, until it is known that it does not.

    What it does not know it learns after the commit, so that the next event is not asked about again. For about a
    second after a webhook was made, other processes may not know of it yet.
    """

    def ask(ctx: Context) -> bool:
        tenant_id, cache, database = ctx.tenant, ctx.ports.cache(WANTED), ctx.ports.database
        wanted = cache.peek(tenant_id, "all")
        if wanted is not None:
            return event_type in wanted

        async def load() -> frozenset[str]:
            async with database.transaction(tenant_id, durable=False) as sql:
                return await repository.wanted_events(sql)

        async def learn() -> None:
            await cache.get(tenant_id, "all", load)

        ctx.after_commit(learn)
        return True

    return ask


def forget_wanted(ctx: Context) -> None:
    """Forget it everywhere, after the commit that changed it."""
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(WANTED).forget(tenant_id))
