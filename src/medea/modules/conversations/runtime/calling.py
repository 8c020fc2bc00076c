"""One call of a tool: arguments checked before it, whatever goes wrong told to the model, the result bounded."""

import asyncio
import time
from typing import Any

import msgspec

from medea.kernel.context import Context
from medea.kernel.ids import TurnId
from medea.kernel.text import clean_value
from medea.modules.conversations.activity import Call
from medea.modules.conversations.log import ToolError, ToolReturned
from medea.modules.conversations.runtime import own_tools, watching
from medea.modules.conversations.runtime.running import Running
from medea.modules.conversations.runtime.speaking import Asked
from medea.modules.conversations.runtime.toolbox import OWN_TOOLS, Equipped, Toolbox
from medea.modules.conversations.streaming import BAD_ARGUMENTS, UNKNOWN_TOOL
from medea.modules.tools import facade as tools
from medea.modules.tools.facade import Tool

TIMEOUT = "tools.timeout"
OUTCOME_UNKNOWN = "tools.outcome_unknown"
_MAX_INPUT = 100_000  # characters of arguments; more is no question to a tool


def read_arguments(asked: Asked) -> tuple[Any, str | None]:
    """Return the arguments as JSON, or as they were written with the reason why they are none."""
    text = asked.arguments.strip() or "{}"
    if len(text) > _MAX_INPUT:
        return text[:1000], f"they have {len(text)} characters, at most {_MAX_INPUT} are possible"
    try:
        return clean_value(msgspec.json.decode(text)), None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return text[:1000], f"they are no valid JSON ({error})"


def find_refusal(toolbox: Toolbox, name: str, arguments: Any, fault: str | None) -> ToolError | None:
    """Return why a call cannot be made at all, in words that let the model do better."""
    equipped = toolbox.find(name)
    if equipped is None:
        known = ", ".join(toolbox.by_name) or "none"
        return ToolError(code=UNKNOWN_TOOL, message=f"There is no tool {name!r}. There are: {known}.")
    if fault is not None:
        return ToolError(code=BAD_ARGUMENTS, message=f"The arguments cannot be read: {fault}. Write them again.")
    if equipped.tool.awaits == "client":
        return None  # who runs it checks what it is given
    if faults := tools.find_faults(equipped.tool.parameters, arguments):
        words = "; ".join(faults)
        return ToolError(code=BAD_ARGUMENTS, message=f"The arguments do not fit: {words}. Write them again.")
    return None


async def make_call(ctx: Context, running: Running, equipped: Equipped, call: Call) -> ToolReturned:
    """Make a call and return how it ended; raises nothing but cancellation."""
    tool = equipped.tool
    seconds = tool.timeout or ctx.ports.settings.tools.call_seconds
    begun = time.perf_counter()
    output, error = None, None
    limit = asyncio.timeout(seconds)
    with watching.tool_call(tool, call) as watch:
        try:
            async with limit:
                output = await _run(ctx, running, tool, call)
        except tools.ToolFailed as failure:
            error = ToolError(code=failure.code, message=failure.detail)
        except TimeoutError:
            words = f"The tool did not answer within {seconds:g} seconds; it may have done its work all the same."
            error = ToolError(code=TIMEOUT, message=words)
        except Exception:
            ctx.log.exception("conversations.tool_crashed", tool=tool.ref, call=str(call.id))
            error = ToolError(code="tools.crashed", message="The tool is out of order. Go on without it.")
        watch.outcome = "ok" if error is None else error.code
    return returned(
        running.turn.turn_id,
        call,
        output,
        error,
        limit=ctx.ports.settings.tools.result_chars,
        duration_ms=round((time.perf_counter() - begun) * 1000),
    )


async def _run(ctx: Context, running: Running, tool: Tool, call: Call) -> Any:
    # Calls run side by side, and beside what is recorded of them: none may send off, or drop, what another announces.
    async with ctx.branch() as own:
        arguments = call.input if running.guard is None else running.guard.for_tool(call.input)
        if tool.ref in OWN_TOOLS:
            return await own_tools.run(own, running.tools, tool, arguments)
        return await tools.call(own, tool, arguments, key=str(call.id))


def returned(
    turn: TurnId, call: Call, output: Any, error: ToolError | None, *, limit: int, duration_ms: int = 0
) -> ToolReturned:
    """Return the event of a call's end, its result no longer than the limit."""
    kept, size = bounded(output, limit)
    return ToolReturned(
        turn_id=turn,
        call_id=call.id,
        output=None if error is not None else kept,
        error=error,
        duration_ms=duration_ms,
        size=0 if error is not None else size,
        is_cut=error is None and size > limit,
    )


def bounded(output: Any, limit: int) -> tuple[Any, int]:
    """Return a result that can be stored and fits the limit, and the size of the whole in characters.

    What is too long becomes text, cut; what has no JSON form becomes its text, too.
    """
    if isinstance(output, str):
        text = clean_value(output)
        return text[:limit], len(text)
    try:
        data = msgspec.to_builtins(output, str_keys=True)
        text = msgspec.json.encode(clean_value(data)).decode()
    except (TypeError, ValueError):
        text = clean_value(str(output))
        return text[:limit], len(text)
    if len(text) <= limit:
        return clean_value(data), len(text)
    return text[:limit], len(text)
