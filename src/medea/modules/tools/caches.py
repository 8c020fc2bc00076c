"""What this module remembers in process."""

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.modules.tools import repository

FETCH_HOSTS: CacheSpec[tuple[str, ...]] = CacheSpec("tools.fetch_hosts", ttl=60, size=5_000)
"""The sites that a company lets its agents read."""


async def fetch_hosts(ctx: Context) -> tuple[str, ...]:
    """Return the sites that the company's agents may read."""

    async def load() -> tuple[str, ...]:
        async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
            return await repository.get_fetch_hosts(sql)

    return await ctx.ports.cache(FETCH_HOSTS).get(ctx.tenant, "all", load)
