"""The tools of a connected server: which agents may use them, under which name, and trying them out."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql, UniqueViolation
from medea.kernel.errors import FieldError
from medea.kernel.ids import ServerId, ToolId
from medea.modules.tools.errors import ServerNotFound, ToolFailed, ToolInvalid, ToolNameTaken, ToolNotFound
from medea.modules.tools.mcp import calling, repository
from medea.modules.tools.mcp.naming import find_owner
from medea.modules.tools.mcp.remembering import forget_tools
from medea.modules.tools.mcp.values import Server, ServerTool, Usable
from medea.modules.tools.validation import find_faults


@dataclass(frozen=True, slots=True)
class Tried:
    """How a call went.

    Attributes:
        result: what the model would be shown.
        error: what it would be told instead.
    """

    result: Any
    error: str | None
    duration_ms: int


async def list_tools(ctx: Context, server_id: ServerId) -> list[ServerTool]:
    """Return what a server offers.

    Raises:
        ServerNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        await _server(sql, server_id)
        return await repository.list_tools(sql, server_id)


async def list_usable(ctx: Context) -> list[Usable]:
    """Return the tools of all servers that agents may use, in the order of the servers' names."""
    async with ctx.transaction(durable=False) as sql:
        servers = {each.id: each for each in await repository.list_servers(sql)}
        return [Usable(servers[server], tool) for tool, server in await repository.list_usable(sql)]


async def update_tool(ctx: Context, server_id: ServerId, tool_id: ToolId, changes: Mapping[str, Any]) -> ServerTool:
    """Change how a tool is used; `own_description` None takes the server's again.

    Raises:
        ServerNotFound, ToolNotFound: there is none.
        ToolNameTaken: another tool has the name; the message says which.
        ToolInvalid: it cannot be enabled as it cannot be used.
    """
    async with ctx.transaction() as sql:
        if "name" in changes:
            await repository.lock_names(sql, ctx.tenant)
        await _server(sql, server_id)
        before = await _tool(sql, server_id, tool_id)
        if changes.get("is_enabled") and before.problem is not None:
            raise ToolInvalid(errors=[FieldError("is_enabled", f"{before.problem}", "unusable")])
        tool = replace(before, is_new=False, **changes)
        if tool.name != before.name:
            await _check_name(sql, before, tool.name)
            tool = replace(tool, name_reason=None)
        try:
            await repository.save_tools(sql, ctx.tenant, [tool])
        except UniqueViolation as error:
            raise ToolNameTaken(errors=[FieldError("name", "is taken by another tool", "taken")]) from error
        forget_tools(ctx)
    return tool


async def enable_tools(
    ctx: Context, server_id: ServerId, tool_ids: Sequence[ToolId], *, is_enabled: bool
) -> list[ServerTool]:
    """Let agents use tools, or not; those that cannot be used stay as they are. Return all of the server's.

    Raises:
        ServerNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        await _server(sql, server_id)
        wanted = set(tool_ids)
        tools = await repository.list_tools(sql, server_id)
        changed = [
            replace(tool, is_enabled=is_enabled, is_new=False)
            for tool in tools
            if tool.id in wanted and (tool.problem is None or not is_enabled)
        ]
        await repository.save_tools(sql, ctx.tenant, changed)
        forget_tools(ctx)
        return await repository.list_tools(sql, server_id)


async def try_tool(ctx: Context, server_id: ServerId, tool_id: ToolId, arguments: dict[str, Any]) -> Tried:
    """Call a tool, for real; a failure of the server is an answer, too.

    Raises:
        ServerNotFound, ToolNotFound: there is none.
        ToolInvalid: the arguments do not fit its schema, or it cannot be used.
    """
    async with ctx.transaction(durable=False) as sql:
        server = await _server(sql, server_id)
        tool = await _tool(sql, server_id, tool_id)
    if tool.problem is not None:
        raise ToolInvalid(errors=[FieldError("tool", tool.problem, "unusable")])
    if faults := find_faults(tool.input_schema, arguments):
        raise ToolInvalid(errors=[FieldError("arguments", fault, "schema") for fault in faults])
    begun = time.perf_counter()
    try:
        result, error = await calling.call(ctx, Usable(server, tool), arguments), None
    except ToolFailed as failure:
        result, error = None, failure.detail
    return Tried(result, error, round((time.perf_counter() - begun) * 1000))


async def _server(sql: Sql, server_id: ServerId) -> Server:
    found = await repository.find_server(sql, server_id)
    if found is None:
        raise ServerNotFound()
    return found


async def _tool(sql: Sql, server_id: ServerId, tool_id: ToolId) -> ServerTool:
    found = await repository.find_tool(sql, server_id, tool_id)
    if found is None:
        raise ToolNotFound()
    return found


async def _check_name(sql: Sql, tool: ServerTool, name: str) -> None:
    taken = await repository.names_in_use(sql)
    if tool.name.lower() != name.lower() and (owner := find_owner(name, taken)) is not None:
        raise ToolNameTaken(errors=[FieldError("name", f"is the name of {owner}; choose another one", "taken")])
