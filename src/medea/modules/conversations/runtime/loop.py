"""The steps of a turn: the model speaks, its calls are made and recorded, the model goes on with what they gave.

Nothing is done twice. A call is in the log before it begins and its result as soon as it is there; whoever takes a
turn over goes on from there.
"""

import time
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from medea.kernel.context import Context
from medea.kernel.llm.messages import ChatMessage, Finish, ModelRequest
from medea.kernel.settings import ToolSettings
from medea.modules.conversations import streaming
from medea.modules.conversations.runtime.prompt import messages_of
from medea.modules.conversations.runtime.running import Running
from medea.modules.conversations.runtime.speaking import speak
from medea.modules.conversations.runtime.tooling import begin_step, is_waiting, make_calls, settle

ENOUGH = (
    "No more tools can be called in this turn. Answer the visitor now with what you have found; if it is not enough, "
    "say in their language what you could not do."
)


@dataclass(frozen=True, slots=True)
class Paused:
    """The turn goes on when the visitor has answered."""


async def converse(ctx: Context, running: Running) -> Finish | Paused | None:
    """Let model and tools take turns until the model is done, or the visitor is asked.

    Returns:
        How the model ended, with what all its calls took; None where it ended without saying so.
    """
    if running.activity:
        await settle(ctx, running)
        if is_waiting(running):
            return Paused()
    while True:
        assert running.request is not None  # noqa: S101 - a turn without an agent never comes here
        request = next_request(running, ctx.ports.settings.tools)
        spoken = await speak(ctx, running, request)
        if running.guard is not None and running.guard.is_stopped:
            spoken.calls.clear()
        if spoken.finish is None:
            return None
        usage = spoken.finish.usage
        running.spend(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cost_usd=usage.cost_usd)
        if not spoken.calls or request.tool_choice == "none" or not running.tools:
            return _summed(running, spoken.finish)
        await make_calls(ctx, running, await begin_step(ctx, running, spoken))
        if is_waiting(running):
            return Paused()
        running.writer.append((streaming.FINISH_STEP, streaming.START_STEP))


def next_request(running: Running, limits: ToolSettings) -> ModelRequest:
    """Return the request of the next step: what was asked first, and all that came of it so far."""
    request = running.request
    assert request is not None  # noqa: S101 - see converse
    if not running.activity:
        return request
    steps = messages_of(running.activity)
    messages = (*request.messages, *(steps if running.guard is None else running.guard.mask_steps(steps)))
    choice: Literal["auto", "none"] = "auto"
    if _is_enough(running, limits):
        choice, messages = "none", (*messages, ChatMessage("system", ENOUGH))
    return replace(request, messages=messages, tool_choice=choice)


def _is_enough(running: Running, limits: ToolSettings) -> bool:
    """Say whether the turn has gone as far with tools as the agent's and the installation's bounds let it."""
    own = None if running.tools.config is None else running.tools.config.tool_limits
    bounds = (limits,) if own is None else (limits, own)
    took, cost = time.perf_counter() - running.started, running.cost_usd
    return any(
        (bound.max_steps is not None and running.steps >= bound.max_steps)
        or (bound.max_seconds is not None and took > bound.max_seconds)
        or (bound.max_cost_usd is not None and cost is not None and cost >= bound.max_cost_usd)
        for bound in bounds
    )


def _summed(running: Running, finish: Finish) -> Finish:
    """Return the end of the turn: the last answer's, with what all of them took."""
    if not running.steps:
        return finish
    reason = "stop" if finish.reason == "tool_calls" else finish.reason
    usage = msgspec.structs.replace(
        finish.usage,
        input_tokens=running.input_tokens,
        output_tokens=running.output_tokens,
        cost_usd=running.cost_usd,
    )
    return msgspec.structs.replace(finish, reason=reason, usage=usage)
