"""Asking a server what it offers, and keeping it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.ids import ServerId, ToolId
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.values import ListedTool, Listing
from medea.kernel.text import clean_text, clean_value
from medea.modules.tools.errors import ServerNotFound, ToolFailed
from medea.modules.tools.masking import Masking
from medea.modules.tools.mcp import connecting, health, repository
from medea.modules.tools.mcp.naming import give_name
from medea.modules.tools.mcp.values import About, Hints, Server, ServerTool
from medea.modules.tools.validation import MAX_SCHEMA, SchemaInvalid, check_schema

FEW = 40
"""As many tools of a new server are enabled at once; of more, somebody chooses."""
_MAX_NAME = 128
_MAX_TITLE = 200
_MAX_DESCRIPTION = 10_000
_Judged = tuple[str, str, dict[str, Any], Hints, str | None]
"""Title, description, schema, hints, and why a tool cannot be used."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How asking a server went.

    Attributes:
        listing: None where it failed.
    """

    listing: Listing | None
    error: str | None
    kind: str | None
    duration_ms: int


async def refresh(ctx: Context, server_id: ServerId) -> Server:
    """Ask a server what it offers and keep that; a failure is kept as the state of the server.

    Raises:
        ServerNotFound: there is none.
    """
    server = await _server(ctx, server_id)
    try:
        listing = await ask(ctx, server)
    except McpFailed as failure:
        found = await health.failed(ctx, server_id, failure)
        if found is None:
            raise ServerNotFound() from None
        return found
    return await keep(ctx, server_id, listing)


async def try_server(ctx: Context, server_id: ServerId) -> Trial:
    """Ask a server what it offers and tell how that went; nothing is changed.

    Raises:
        ServerNotFound: there is none.
    """
    server = await _server(ctx, server_id)
    begun = time.perf_counter()
    try:
        listing, error, kind = await ask(ctx, server), None, None
    except McpFailed as failure:
        listing, error, kind = None, failure.detail, failure.kind
    return Trial(listing, error, kind, round((time.perf_counter() - begun) * 1000))


async def ask(ctx: Context, server: Server) -> Listing:
    """Ask a server what it offers. No transaction may be open.

    Raises:
        McpFailed: it does not say; in words that may be shown.
    """
    prepared = await connecting.prepare(ctx, server)
    try:
        listing = await ctx.ports.mcp.list_tools(ctx.tenant, server.id, prepared.endpoint, prepared.on_change())
    except McpFailed as failure:
        raise await prepared.shown(failure) from None
    return await asyncio.to_thread(_masked, listing, await prepared.masking())


def _masked(listing: Listing, mask: Masking) -> Listing:
    """Return what a server offers without what it was sent, which then is cut: half a secret would not be found.

    A tool that has a secret for a name cannot be called by anything else, and is left out.
    """
    tools = [
        replace(
            tool,
            title=mask.text(clean_text(tool.title))[:_MAX_TITLE],
            description=mask.text(clean_text(tool.description))[:_MAX_DESCRIPTION],
            input_schema=_masked_schema(tool.input_schema, mask),
        )
        for tool in listing.tools
        if mask.text(clean_text(tool.name)) == clean_text(tool.name)
    ]
    return replace(listing, tools=tuple(tools), server=mask.text(clean_text(listing.server))[:_MAX_TITLE])


def _masked_schema(schema: dict[str, Any], mask: Masking) -> dict[str, Any]:
    try:
        found: dict[str, Any] = mask.value(schema)
    except ToolFailed:  # nested too deeply for anybody: what is kept of it says so, and is empty
        return schema
    return found


async def keep(ctx: Context, server_id: ServerId, listing: Listing) -> Server:
    """Write what a server offers.

    Tools keep their ids, names and switches; what it offers no more is kept, too, as agents may name it, but cannot be
    used.

    Raises:
        ServerNotFound: it was deleted meanwhile.
    """
    about = About(
        server=clean_text(listing.server),
        protocol=listing.protocol,
        transport=listing.transport,
        is_cut=listing.is_cut,
    )
    offered = await asyncio.to_thread(_judged, listing.tools)
    async with ctx.transaction() as sql:
        await repository.lock_names(sql, ctx.tenant)
        server = await repository.find_server(sql, server_id, for_update=True)
        if server is None:
            raise ServerNotFound()
        tools = await _merged(ctx, sql, server, offered)
        await repository.save_tools(sql, ctx.tenant, tools)
        return await health.well(ctx, sql, server, about)


async def _server(ctx: Context, server_id: ServerId) -> Server:
    async with ctx.transaction(durable=False) as sql:
        server = await repository.find_server(sql, server_id)
    if server is None:
        raise ServerNotFound()
    return server


async def _merged(ctx: Context, sql: Sql, server: Server, offered: Mapping[str, _Judged]) -> list[ServerTool]:
    known = {tool.remote_name: tool for tool in await repository.list_tools(sql, server.id)}
    taken = await repository.names_in_use(sql)
    is_first = not known
    found = []
    for remote, (title, description, schema, hints, problem) in offered.items():
        before = known.pop(remote, None)
        if before is None:
            name, reason = give_name(remote, server.name, taken)
            taken[name.lower()] = f"the tool {remote} of {server.name}"
            before = ServerTool(
                id=ToolId.new(),
                server_id=server.id,
                remote_name=remote,
                title="",
                description=description,
                input_schema=schema,
                hints=hints,
                name=name,
                name_reason=reason,
                is_enabled=is_first and problem is None and len(offered) <= FEW,
                is_new=not is_first,
                created_at=ctx.now(),
            )
        is_changed = (before.description, before.input_schema) != (description, schema)
        found.append(
            replace(
                before,
                title=title,
                description=description,
                input_schema=schema,
                hints=hints,
                problem=problem,
                is_listed=True,
                changed_at=ctx.now() if is_changed else before.changed_at,
            )
        )
    gone = "the server does not offer it any more"
    return [*found, *(replace(tool, is_listed=False, problem=gone) for tool in known.values())]


def _judged(listed: Sequence[ListedTool]) -> dict[str, _Judged]:
    """Return tools by their names, of two with one name the first. Takes long where schemas are large and many."""
    offered: dict[str, _Judged] = {}
    for each in listed:
        name = clean_text(each.name)[:_MAX_NAME]
        if name not in offered:
            offered[name] = (clean_text(each.title), *_described(each))
    return offered


def _described(tool: ListedTool) -> tuple[str, dict[str, Any], Hints, str | None]:
    """Return description, schema, hints, and why the tool cannot be used."""
    problem = None
    schema: dict[str, Any] = {}
    if tool.schema_size:
        problem = f"the schema has {tool.schema_size} characters; at most {MAX_SCHEMA} are possible"
    try:
        schema = clean_value(tool.input_schema)
        if problem is None:
            check_schema(schema)
    except SchemaInvalid as error:
        problem = str(error)
    except RecursionError:
        problem = "the schema is nested too deeply"
    hints = Hints(is_read_only=tool.is_read_only, is_idempotent=tool.is_idempotent, is_destructive=tool.is_destructive)
    return clean_text(tool.description), schema, hints, problem
