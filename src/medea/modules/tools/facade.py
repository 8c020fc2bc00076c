"""What other modules may ask of tools: definitions, and calls with arguments that fit them."""

from collections.abc import Sequence
from typing import Any

from medea.kernel.context import Context
from medea.modules.tools import caches, webhooks
from medea.modules.tools.builtin import BUILTIN
from medea.modules.tools.builtin import NAMES as BUILTIN_NAMES
from medea.modules.tools.errors import ToolFailed
from medea.modules.tools.service.forms import read_answers, save_lead
from medea.modules.tools.validation import find_faults
from medea.modules.tools.values import Tool

__all__ = ["BUILTIN_NAMES", "Tool", "ToolFailed", "call", "find_faults", "find_tools", "read_answers", "save_lead"]


async def find_tools(ctx: Context, refs: Sequence[str]) -> list[Tool]:
    """Return the tools of these names and ids, in this order; what there is not is left out. Cached."""
    own = {str(tool.id): tool for tool in await caches.own_tools(ctx)} if any(r not in BUILTIN for r in refs) else {}
    known = {ref: tool for ref, (tool, _) in BUILTIN.items()} | {ref: tool.as_tool() for ref, tool in own.items()}
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
    raise ToolFailed("This tool is gone.")
