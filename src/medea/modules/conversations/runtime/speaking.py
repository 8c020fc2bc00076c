"""One call of the model within a turn: its text and its calls of tools go to the readers as they come."""

import time
from contextlib import aclosing
from dataclasses import dataclass, field

from medea.kernel.context import Context
from medea.kernel.ids import ToolCallId
from medea.kernel.llm.errors import ModelError
from medea.kernel.llm.messages import (
    Finish,
    ModelEvent,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolCallStart,
)
from medea.modules.billing import facade as billing
from medea.modules.conversations import streaming
from medea.modules.conversations.runtime import spending
from medea.modules.conversations.runtime.chain import Chain, move_on, request_at
from medea.modules.conversations.runtime.fitting import fit
from medea.modules.conversations.runtime.running import Running
from medea.modules.conversations.runtime.spending import Spender
from medea.modules.tenancy import facade as tenancy

BETWEEN = "\n\n"
"""Between pieces of text: the reply is all deltas, one after another, for whoever knows nothing of pieces."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that the model wants.

    Attributes:
        provider_id: what the provider calls it.
        arguments: JSON text, perhaps broken.
    """

    id: ToolCallId
    provider_id: str
    name: str
    arguments: str


@dataclass(slots=True)
class Spoken:
    """What one call of the model gave.

    Attributes:
        finish: None where it ended without saying so.
        text: what it said.
        has_begun: readers have seen a call of it.
        calls: what it wants to be called, in order.
    """

    finish: Finish | None = None
    text: str = ""
    has_begun: bool = False
    calls: list[Asked] = field(default_factory=list)


async def speak(ctx: Context, running: Running, request: ModelRequest) -> Spoken:
    """Let the model answer a request, or the next of the agent's models that can, as long as nothing was seen.

    Raises:
        ModelError: of the last model that was tried.
        BudgetExhausted: the same.
    """
    chain = Chain(request.model, running.fallbacks)
    said, shown = len(running.parts), running.texts
    guard = running.guard
    stood = None if guard is None else guard.stands()
    while True:
        spoken = Spoken()
        try:
            await _call(ctx, running, request_at(chain, running.place, request, ctx.ports.settings.llm), spoken)
        except (ModelError, billing.BudgetExhausted) as failure:
            has_begun = spoken.has_begun or running.texts > shown or len(running.parts) > said
            if has_begun or not move_on(ctx, running, chain, failure):
                raise
            if guard is not None and stood is not None:
                guard.go_back(stood)
        else:
            spoken.text = "".join(running.parts[said:])
            return spoken


async def _call(ctx: Context, running: Running, request: ModelRequest, spoken: Spoken) -> None:
    choice = await tenancy.choose_model(ctx, request.model)
    request = await fit(ctx, request, choice)
    append, parts = running.writer.append, running.parts
    part, ids = running.open_text, dict[str, ToolCallId]()
    spender = Spender(running.job.turn_id, running.job.agent_id, running.end_user)
    async with aclosing(await spending.stream(ctx, spender, request, choice)) as events:
        async for event in events if running.guard is None else running.guard.filtered(events, request):
            if type(event) is TextDelta:
                text = event.text
                if part is None:
                    part = running.begin_text()
                    text = BETWEEN + text if parts else text
                    append((part.start, part.delta(text)))
                    running.first_token = running.first_token or time.perf_counter()
                else:
                    append((part.delta(text),))
                parts.append(text)
            elif type(event) is Finish:
                spoken.finish = event
            else:
                part = None
                spoken.has_begun = True
                _take_call(running, spoken, ids, event)


def _take_call(running: Running, spoken: Spoken, ids: dict[str, ToolCallId], event: ModelEvent) -> None:
    """Tell the readers of a call as it comes; each has an id of ours, unique wherever it came from."""
    match event:
        case ToolCallStart():
            call = ids[event.call_id] = ToolCallId.new()
            running.writer.append([*running.end_text(), streaming.tool_input_start(call, event.name)])
        case ToolCallDelta():
            running.writer.append((streaming.tool_input_delta(ids[event.call_id], event.text),))
        case ToolCall():
            spoken.calls.append(Asked(ids[event.call_id], event.call_id, event.name, event.arguments))
