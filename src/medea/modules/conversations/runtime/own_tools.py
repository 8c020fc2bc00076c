"""Running the tools that belong to conversations."""

from typing import Any

from medea.kernel.context import Context
from medea.modules.conversations.runtime.toolbox import HAND_OVER, Toolbox
from medea.modules.tools.facade import Tool, ToolFailed


async def run(_ctx: Context, _toolbox: Toolbox, tool: Tool, _arguments: dict[str, Any]) -> Any:
    """Run one of `OWN_TOOLS`; what it changes in the conversation is recorded with its result.

    Raises:
        ToolFailed: in words for the model.
    """
    if tool.ref == HAND_OVER:
        return {
            "status": "requested",
            "note": "A person has been asked to take over; they answer in this conversation.",
        }
    raise ToolFailed("This tool is not available here.")
