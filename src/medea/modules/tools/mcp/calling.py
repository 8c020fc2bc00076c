"""One call of a server's tool, and what the model is told of it."""

import asyncio
from typing import Any

from medea.kernel.context import Context
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.values import Request
from medea.kernel.text import clean_text
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.mcp import connecting, health
from medea.modules.tools.mcp.values import Server, Usable

_TOLD = 200  # characters of a server's last sign of life that are shown


async def call(ctx: Context, usable: Usable, arguments: dict[str, Any]) -> Any:
    """Call a tool of a server and return what it gives, JSON-like.

    Args:
        ctx: no transaction may be open.
        usable: from `remembering.usable_tools`.
        arguments: fit its schema.

    Raises:
        ToolFailed: in words for the model.
    """
    server, tool = usable.server, usable.tool
    if server.state == "unauthorized":
        raise ToolFailed(f"The connection to {server.name} has ended, so its tools are not available. Go on without.")
    heard: list[str] = []

    async def told(done: float, of: float | None, words: str | None) -> None:
        heard[:] = [f"{done:g} of {of:g}" if of else f"{done:g}", *([words] if words else [])]

    request = Request(name=tool.remote_name, arguments=arguments, seconds=server.timeout_seconds, progress=told)
    try:
        prepared = await connecting.prepare(ctx, server)
    except McpFailed as failure:
        raise await _failed(ctx, server, failure) from None
    try:
        answer = await ctx.ports.mcp.call(ctx.tenant, server.id, prepared.endpoint, prepared.on_change(), request)
    except McpFailed as failure:
        shown = await prepared.shown(failure)
        last = (await prepared.masking()).text(clean_text(", ".join(heard)))[:_TOLD]
        raise await _failed(ctx, server, shown, last) from None
    if server.state != "ready":
        await _let_it_be_asked(ctx, usable)
    mask = await prepared.masking()
    is_long = len(str(answer.value)) > connecting.LONG
    value = await asyncio.to_thread(mask.value, answer.value) if is_long else mask.value(answer.value)
    if answer.is_error:
        raise ToolFailed(str(value)[:2_000])
    return value


async def _failed(ctx: Context, server: Server, failure: McpFailed, last: str = "") -> ToolFailed:
    """Return what the model is told of a failure, and write down one that is the server's."""
    if _is_the_servers(failure):
        await health.failed(ctx, server.id, failure)
    return ToolFailed(_in_words(failure, server.name, last))


def _is_the_servers(failure: McpFailed) -> bool:
    """Say whether the server as a whole is out of order, not this one call."""
    return failure.kind != "busy" and (failure.is_undone or failure.kind in {"unreachable", "unauthorized"})


async def _let_it_be_asked(ctx: Context, usable: Usable) -> None:
    """Let a server that answers again be asked what it offers, which says that it is well."""
    async with ctx.branch() as own:
        own.enqueue(connecting.REFRESH_TASK, server_id=usable.server.id, key=str(usable.server.id))


def _in_words(failure: McpFailed, server: str, last: str) -> str:
    match failure.kind:
        case "unreachable" | "refused" | "not_mcp":
            return f"{server} cannot be used right now, so this tool is not available. Go on without it."
        case "unauthorized":
            return f"The connection to {server} has ended, so its tools are not available. Go on without."
        case "timeout":
            sign = f" Its last sign was: {last}." if last else ""
            return f"{server} did not answer in time; it may have done its work all the same.{sign}"
    return failure.detail
