"""One call of the model within a turn: its text and its calls of tools go to the readers as they come."""

import time
from contextlib import aclosing
from dataclasses import dataclass, field

from medea.kernel.context import Context
from medea.kernel.ids import ToolCallId
from medea.kernel.llm.messages import (
    Finish,
    ModelEvent,
    ModelRequest,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolCallStart,
)
from medea.modules.conversations import streaming
from medea.modules.conversations.runtime import spending
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
        calls: what it wants to be called, in order.
    """

    finish: Finish | None = None
    text: str = ""
    calls: list[Asked] = field(default_factory=list)


async def speak(ctx: Context, running: Running, request: ModelRequest) -> Spoken:
    """Let the model answer a request."""
    provider = await tenancy.find_provider(ctx, request.model)
    append, parts, before = running.writer.append, running.parts, len(running.parts)
    part, spoken, ids = running.open_text, Spoken(), dict[str, ToolCallId]()
    spender = Spender(running.job.turn_id, running.job.agent_id, running.end_user)
    async with aclosing(await spending.stream(ctx, spender, request, provider)) as events:
        async for event in events:
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
                _take_call(running, spoken, ids, event)
    spoken.text = "".join(parts[before:])
    return spoken


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
