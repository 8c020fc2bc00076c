"""What is done for servers without anybody asking: they are asked what they offer, and tokens are renewed in time."""

from datetime import timedelta

from medea.kernel.context import Context, Ports
from medea.kernel.ids import ServerId
from medea.modules.tools.errors import ServerNotFound
from medea.modules.tools.mcp import grants, repository
from medea.modules.tools.mcp.connecting import REFRESH_TASK
from medea.modules.tools.service.mcp import listing

RENEW_TASK = "tools.renew_mcp_token"
_AT_ONCE = 500  # servers that one tick hands out
_PAUSE = timedelta(minutes=10)  # after which one whose job came to nothing is handed out again


async def hand_out_due(ctx: Context) -> int:
    """Hand out the servers of all tenants whose time has come; return how many."""
    async with ctx.ports.database.system() as sql:
        due = await repository.take_due(sql, ctx.now(), _AT_ONCE, _PAUSE)
    for tenant_id, server_id, is_renewal in due:
        async with ctx.in_tenant(tenant_id) as theirs:
            theirs.enqueue(RENEW_TASK if is_renewal else REFRESH_TASK, server_id=server_id, key=str(server_id))
    return len(due)


async def purge(ports: Ports) -> dict[str, int]:
    """Drop, for all tenants, what was kept for people who were sent to agree and did not come back; return how many."""
    async with ports.database.system(durable=False) as sql:
        return {"mcp_pending": await repository.purge_pending(sql, ports.clock.now())}


async def refresh(ctx: Context, server_id: ServerId) -> None:
    """Ask a server what it offers, if it is still there and wanted."""
    async with ctx.transaction(durable=False) as sql:
        server = await repository.find_server(sql, server_id)
    if server is None or not server.is_enabled:
        return
    try:
        await listing.refresh(ctx, server_id)
    except ServerNotFound:
        return


async def renew(ctx: Context, server_id: ServerId) -> None:
    """Renew a server's token, if there still is one."""
    grant = await grants.find(ctx, server_id)
    if grant is not None:
        await grants.renew(ctx, server_id, grant)
