"""Connecting MCP servers, changing and deleting them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql, UniqueViolation
from medea.kernel.errors import FieldError
from medea.kernel.ids import ServerId
from medea.kernel.mcp.values import Transport
from medea.kernel.outbound.errors import OutboundRefused
from medea.modules.tools.errors import (
    ProgramNotAllowed,
    ServerInvalid,
    ServerNameTaken,
    ServerNotFound,
    TooManyServers,
)
from medea.modules.tools.headers import header_faults
from medea.modules.tools.mcp import connecting, repository
from medea.modules.tools.mcp.remembering import forget_grant, forget_tools
from medea.modules.tools.mcp.values import Auth, Server

MAX_SERVERS = 50
_CONNECTION = frozenset({"url", "program", "transport", "auth", "headers", "oauth_client_id", "oauth_client_secret"})
"""What decides about the connection."""
_WHO = frozenset({"url", "auth", "oauth_client_id", "oauth_client_secret"})
"""What makes an earlier agreement worthless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a company says of a server; see `Server`."""

    name: str
    url: str = ""
    program: str = ""
    transport: Transport | None = None
    auth: Auth = "none"
    headers: dict[str, str] = field(default_factory=dict)
    oauth_client_id: str | None = None
    oauth_client_secret: str | None = None
    timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Counted:
    """A server, and how many tools it has.

    Attributes:
        offered: by the server.
        usable: by agents.
    """

    server: Server
    offered: int = 0
    usable: int = 0


async def list_servers(ctx: Context) -> list[Counted]:
    """Return the company's servers by name."""
    async with ctx.transaction(durable=False) as sql:
        counts = await repository.count_tools(sql)
        return [Counted(each, *counts.get(each.id, (0, 0))) for each in await repository.list_servers(sql)]


async def get_server(ctx: Context, server_id: ServerId) -> Counted:
    """Return one.

    Raises:
        ServerNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        server = await _get(sql, server_id)
        return Counted(server, *(await repository.count_tools(sql)).get(server_id, (0, 0)))


async def create_server(ctx: Context, definition: Definition) -> Server:
    """Connect a server; what it offers is asked for by `listing.refresh`.

    Raises:
        ServerInvalid, ProgramNotAllowed: it cannot be connected so.
        ServerNameTaken, TooManyServers: not now.
    """
    now = ctx.now()
    members = {name: getattr(definition, name) for name in Definition.__dataclass_fields__}
    server = Server(id=ServerId.new(), created_at=now, updated_at=now, **members)
    await _check(ctx, server)
    async with ctx.transaction() as sql:
        if len(await repository.list_servers(sql)) >= MAX_SERVERS:
            raise TooManyServers(limit=MAX_SERVERS)
        await _save(ctx, sql, server)
    return server


async def update_server(ctx: Context, server_id: ServerId, changes: Mapping[str, Any]) -> Server:
    """Change a server; its tools are used so from the next call on.

    Raises:
        ServerNotFound: there is none.
        ServerInvalid, ProgramNotAllowed: it could not be connected then.
        ServerNameTaken: another one has the name.
    """
    async with ctx.transaction(durable=False) as sql:
        await _check(ctx, replace(await _get(sql, server_id), **changes))
    async with ctx.transaction() as sql:
        before = await repository.find_server(sql, server_id, for_update=True)
        if before is None:
            raise ServerNotFound()
        changed = {name for name, value in changes.items() if getattr(before, name) != value}
        server = replace(before, updated_at=ctx.now(), **changes)
        if changed & _CONNECTION:
            server = replace(server, revision=before.revision + 1, state="new", error=None, error_at=None, failures=0)
            server = replace(server, due_at=None if server.auth == "oauth" else ctx.now())
        if changed & _WHO:
            server = replace(server, renew_at=None)
            await repository.delete_grant(sql, server_id)
            forget_grant(ctx, server_id)
        if "is_enabled" in changed:
            server = replace(server, due_at=ctx.now() if server.is_enabled else None)
        await _save(ctx, sql, server)
    await ctx.ports.mcp.forget(ctx.tenant, server_id)
    return server


async def delete_server(ctx: Context, server_id: ServerId) -> None:
    """Delete a server with its tools; agents that name them go on without.

    Raises:
        ServerNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        if not await repository.delete_server(sql, server_id):
            raise ServerNotFound()
        forget_tools(ctx)
        forget_grant(ctx, server_id)
    await ctx.ports.mcp.forget(ctx.tenant, server_id)


async def _get(sql: Sql, server_id: ServerId) -> Server:
    found = await repository.find_server(sql, server_id)
    if found is None:
        raise ServerNotFound()
    return found


async def _save(ctx: Context, sql: Sql, server: Server) -> None:
    try:
        await repository.save_server(sql, ctx.tenant, server)
    except UniqueViolation as error:
        field_error = FieldError("name", "is taken by another MCP server", "taken")
        raise ServerNameTaken(errors=[field_error]) from error
    forget_tools(ctx)


async def _check(ctx: Context, server: Server) -> None:
    """See that a server can be connected as it is described.

    Raises:
        ServerInvalid: it cannot.
        ProgramNotAllowed: it is a program, and none that is allowed.
    """
    if server.transport == "stdio" or server.program:
        await check_program(ctx, server)
        return
    faults = check_url(ctx, server.url)
    if server.auth == "headers":
        faults += header_faults(server.headers)
        if not server.headers:
            words = 'give at least one, such as {"Authorization": "Bearer {{API_KEY}}"}'
            faults.append(FieldError("headers", words, "missing"))
    if server.oauth_client_secret is not None and server.oauth_client_id is None:
        faults.append(FieldError("oauth_client_id", "is needed where there is a client secret", "missing"))
    if faults:
        raise ServerInvalid(errors=faults)


def check_url(ctx: Context, url: str) -> list[FieldError]:
    """Return what is wrong with a server's address."""
    if "#" in url:
        return [FieldError("url", "must have no fragment (#)", "fragment")]
    try:
        ctx.ports.outbound.policy.check_url(url)
    except OutboundRefused as error:
        return [FieldError("url", error.detail, "outbound_refused")]
    return []


async def check_program(ctx: Context, server: Server) -> None:
    """Refuse a program, but one that the operator named on an installation that one company has to itself.

    Raises:
        ProgramNotAllowed: which of these it is not.
    """
    programs = ctx.ports.mcp.programs
    if not programs:
        raise ProgramNotAllowed(errors=[FieldError("transport", "stdio is off here (MEDEA_MCP__PROGRAMS)", "off")])
    if not await connecting.is_alone(ctx):
        words = "stdio is only for installations of one company; this one has several"
        raise ProgramNotAllowed(errors=[FieldError("transport", words, "shared")])
    if server.program not in programs:
        words = f"must be one of those that the operator allows: {', '.join(sorted(programs))}"
        raise ProgramNotAllowed(errors=[FieldError("program", words, "unknown")])
    if server.transport != "stdio" or server.url or server.auth != "none":
        words = "a program has transport stdio, no address and no authentication"
        raise ServerInvalid(errors=[FieldError("transport", words, "program")])
