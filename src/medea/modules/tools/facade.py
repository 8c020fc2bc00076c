"""What other modules may ask of tools: definitions, and calls with arguments that fit them."""

from collections.abc import Sequence
from typing import Any

from medea.kernel.context import Context
from medea.kernel.ids import ToolId
from medea.modules.tools import caches, webhooks
from medea.modules.tools.builtin import BUILTIN
from medea.modules.tools.builtin import NAMES as BUILTIN_NAMES
from medea.modules.tools.errors import LeadNotFound, ToolFailed
from medea.modules.tools.mcp import calling
from medea.modules.tools.mcp.remembering import usable_tools
from medea.modules.tools.service.forms import read_answers, save_lead
from medea.modules.tools.service.leads import get_lead
from medea.modules.tools.service.mcp.tending import purge
from medea.modules.tools.validation import find_faults
from medea.modules.tools.values import Tool

__all__ = [
    "BUILTIN_NAMES",
    "LeadNotFound",
    "Tool",
    "ToolFailed",
    "call",
    "find_faults",
    "find_tools",
    "get_lead",
    "purge",
    "read_answers",
    "save_lead",
]


async def find_tools(ctx: Context, refs: Sequence[str]) -> list[Tool]:
    """Return the tools of these names and ids, in this order; what there is not is left out. Cached."""
    known = {ref: tool for ref, (tool, _) in BUILTIN.items()}
    if any(ref not in known for ref in refs):
        known |= {str(tool.id): tool.as_tool() for tool in await caches.own_tools(ctx)}
    ids = [found for ref in refs if ref not in known and (found := ToolId.find(ref)) is not None]
    known |= {str(usable.tool.id): usable.as_tool() for usable in await usable_tools(ctx, ids)}
    return [known[ref] for ref in refs if ref in known]


async def call(ctx: Context, tool: Tool, arguments: dict[str, Any], *, key: str) -> Any:
    """Call a tool with arguments that fit its schema; return what it gives, JSON-like.

    Args:
        ctx: its tenant is the tool's; no transaction may be open.
        tool: from `find_tools`, and not one that awaits the visitor.
        arguments: checked with `find_faults`.
        key: the same for every try at one call, so that the other side can tell a repetition.

    Raises:
        ToolFailed: in words for the model.
    """
    if tool.ref in BUILTIN:
        _, run = BUILTIN[tool.ref]
        if run is None:
            raise ToolFailed("This tool has no code of its own.")
        return await run(ctx, arguments)
    for own in await caches.own_tools(ctx):
        if str(own.id) == tool.ref:
            return await webhooks.call(ctx, own, arguments, key=key)
    tool_id = ToolId.find(tool.ref)
    for usable in await usable_tools(ctx, [] if tool_id is None else [tool_id]):
        return await calling.call(ctx, usable, arguments)
    raise ToolFailed("This tool is gone.")
