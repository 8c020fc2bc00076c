"""What this module remembers in process."""

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.modules.tools import repository
from medea.modules.tools.values import OwnTool

FETCH_HOSTS: CacheSpec[tuple[str, ...]] = CacheSpec("tools.fetch_hosts", ttl=60, size=5_000)
"""The sites that a company lets its agents read."""


async def fetch_hosts(ctx: Context) -> tuple[str, ...]:
    """Return the sites that the company's agents may read."""

    async def load() -> tuple[str, ...]:
        async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
            return await repository.get_fetch_hosts(sql)

    return await ctx.ports.cache(FETCH_HOSTS).get(ctx.tenant, "all", load)


OWN_TOOLS: CacheSpec[tuple[OwnTool, ...]] = CacheSpec("tools.own", ttl=60, size=2_000)
"""The tools that a company defined; secrets are read from the vault with each call."""


async def own_tools(ctx: Context) -> tuple[OwnTool, ...]:
    """Return the tools that the company defined."""

    async def load() -> tuple[OwnTool, ...]:
        async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
            return tuple(await repository.list_tools(sql))

    return await ctx.ports.cache(OWN_TOOLS).get(ctx.tenant, "all", load)


def forget_own_tools(ctx: Context) -> None:
    """Forget them everywhere, after the commit that changed one."""
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(OWN_TOOLS).forget(tenant_id))


def forget_fetch_hosts(ctx: Context) -> None:
    """Forget the allowed sites everywhere, after the commit that changed them."""
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(FETCH_HOSTS).forget(tenant_id))
