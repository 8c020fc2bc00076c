"""How a server is: what went wrong last, and when it is asked again."""

from dataclasses import replace
from datetime import datetime, timedelta

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ServerId
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.oauth.values import OAuthFailed
from medea.modules.tools.mcp import repository
from medea.modules.tools.mcp.remembering import forget_tools
from medea.modules.tools.mcp.values import About, Server

REFRESH = timedelta(hours=1)
"""After which a server is asked again what it offers."""
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))
_AFTER_RENEWAL = timedelta(minutes=2)
RECONNECT = "The connection has ended; somebody has to connect it again."


async def well(ctx: Context, sql: Sql, server: Server, about: About) -> Server:
    """Write that a server has answered."""
    now = ctx.now()
    found = replace(
        server,
        state="ready",
        error=None,
        error_at=None,
        failures=0,
        about=about,
        listed_at=now,
        due_at=now + REFRESH,
    )
    await repository.save_server(sql, ctx.tenant, found)
    forget_tools(ctx)
    return found


async def failed(ctx: Context, server_id: ServerId, failure: McpFailed) -> Server | None:
    """Write that a server could not be used; return it as it is now, None if it is gone."""
    async with ctx.branch() as own, own.transaction() as sql:
        server = await repository.find_server(sql, server_id, for_update=True)
        if server is None:
            return None
        found = _after(own, server, failure)
        await repository.save_server(sql, own.tenant, found)
        if found.state != server.state:
            forget_tools(own)
    ctx.log.warning("tools.mcp_server_failed", server=str(server_id), kind=failure.kind, failures=found.failures)
    return found


def _after(ctx: Context, server: Server, failure: McpFailed) -> Server:
    now = ctx.now()
    if failure.kind == "unauthorized":
        if server.state == "unauthorized" and server.error is not None:
            return server  # it is known, and why
        words = failure.detail
        if server.auth == "oauth":
            words = RECONNECT if server.listed_at is not None else "Nobody has connected it yet."
        return replace(server, state="unauthorized", error=words, error_at=now, due_at=None)
    pause = _PAUSES[min(server.failures, len(_PAUSES) - 1)]
    return replace(
        server,
        state="failing",
        error=failure.detail,
        error_at=now,
        failures=server.failures + 1,
        due_at=now + pause if server.is_enabled else None,
    )


async def could_not_renew(ctx: Context, sql: Sql, server: Server, failure: OAuthFailed) -> None:
    """Write that a token could not be renewed: for good, or for now."""
    now = ctx.now()
    if failure.is_final:
        found = replace(server, state="unauthorized", error=failure.detail, error_at=now, due_at=None, renew_at=None)
    else:
        found = replace(server, renew_at=now + _AFTER_RENEWAL)
    await repository.save_server(sql, ctx.tenant, found)
    forget_tools(ctx)
    ctx.log.warning("tools.mcp_token_not_renewed", server=str(server.id), is_final=failure.is_final)


async def renewed(ctx: Context, sql: Sql, server: Server, renew_at: datetime | None) -> None:
    """Write when a token is to be renewed next."""
    await repository.save_server(sql, ctx.tenant, replace(server, renew_at=renew_at))
