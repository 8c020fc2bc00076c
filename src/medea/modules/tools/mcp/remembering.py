"""What is remembered in process of servers, their tools and their tokens."""

from collections.abc import Sequence

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.kernel.ids import ServerId, ToolId
from medea.kernel.mcp.oauth.values import Grant
from medea.modules.tools.mcp import repository
from medea.modules.tools.mcp.values import Usable

USABLE: CacheSpec[tuple[Usable, ...]] = CacheSpec("tools.mcp_tools", ttl=60, size=2_000)
"""Tools of servers with these servers, by the ids that an agent names."""
GRANTS: CacheSpec[Grant | None] = CacheSpec("tools.mcp_grants", ttl=60, size=2_000)
"""What was agreed to, by server."""


async def usable_tools(ctx: Context, ids: Sequence[ToolId]) -> tuple[Usable, ...]:
    """Return those of these tools that agents may use."""
    if not ids:
        return ()

    async def load() -> tuple[Usable, ...]:
        async with ctx.ports.database.transaction(ctx.tenant, durable=False) as sql:
            found = await repository.list_usable(sql, ids)
            servers = {each.id: each for each in await repository.list_servers(sql)} if found else {}
        return tuple(Usable(servers[server], tool) for tool, server in found)

    return await ctx.ports.cache(USABLE).get(ctx.tenant, " ".join(sorted(each.hex for each in ids)), load)


def forget_tools(ctx: Context) -> None:
    """Forget servers and tools everywhere, after the commit that changed one."""
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(USABLE).forget(tenant_id))


def forget_grant(ctx: Context, server: ServerId) -> None:
    """Forget a token everywhere, after the commit that changed it."""
    tenant_id = ctx.tenant
    ctx.after_commit(lambda: ctx.ports.cache(GRANTS).forget(tenant_id, str(server)))
