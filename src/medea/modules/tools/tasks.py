"""Background jobs of tools."""

from datetime import timedelta

from medea.kernel.bus.periodic import periodic
from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.ids import ServerId
from medea.modules.tools.mcp.connecting import REFRESH_TASK
from medea.modules.tools.service.mcp import tending


@periodic("tools.tend_mcp_servers", every=timedelta(minutes=1))
async def tend_mcp_servers(ctx: Context) -> None:
    """Let servers be asked what they offer, and tokens be renewed, whose time has come."""
    await tending.hand_out_due(ctx)


@task(REFRESH_TASK, queue="default", timeout=90, retries=0)
async def refresh_mcp_server(ctx: Context, server_id: ServerId) -> None:
    """Ask a server what it offers."""
    await tending.refresh(ctx, server_id)


@task(tending.RENEW_TASK, queue="default", timeout=60, retries=0)
async def renew_mcp_token(ctx: Context, server_id: ServerId) -> None:
    """Renew the token of a server before it ends."""
    await tending.renew(ctx, server_id)
