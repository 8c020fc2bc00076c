"""What a reply did besides its last words: texts between calls of tools, the calls, and what came of them.

Kept with the message as a list of parts, in the order of events. `added` and `patch` say what an event changes in
it; the projection does that in SQL, a running turn in memory (`follow`), so both come to the same.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from medea.kernel.ids import ToolCallId
from medea.modules.conversations.log import (
    LogEvent,
    StepCompleted,
    ToolApprovalAnswered,
    ToolApprovalRequested,
    ToolCalled,
    ToolError,
    ToolReturned,
    read_id,
)

CallState = Literal["called", "awaited", "asked", "approved", "denied", "returned", "failed"]


class Spoken(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """What was said in a step before its calls; readers see it unless every answer is looked at before it is shown."""

    step: int
    text: str
    is_shown: bool = True


class Call(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="tool"):
    """A call of a tool, as `ToolCalled` and what follows it say.

    Attributes:
        state: `called`: it runs, or nobody knows what became of it. `awaited`: the visitor gives the result.
            `asked`, `approved`, `denied`: how its approval stands. `returned`, `failed`: how it ended.
    """

    step: int
    id: ToolCallId
    provider_id: str
    name: str
    tool: str | None
    input: Any
    state: CallState
    awaits: str | None = None
    is_public: bool = False
    output: Any = None
    error: ToolError | None = None
    duration_ms: int = 0
    size: int = 0
    is_cut: bool = False
    comment: str | None = None
    expires_at: datetime | None = None


Part = Spoken | Call
Activity = tuple[Part, ...]


def read_activity(value: Any) -> Activity:
    """Decode what a message keeps; None is nothing."""
    return () if not value else msgspec.convert(value, Activity, dec_hook=read_id)


def added(event: LogEvent) -> dict[str, Any] | None:
    """Return the part that an event adds, in storable form."""
    match event:
        case StepCompleted(text=text) if text:
            found: dict[str, Any] = msgspec.to_builtins(Spoken(step=event.step, text=text, is_shown=event.is_shown))
            return found
        case ToolCalled():
            call = Call(
                step=event.step,
                id=event.call_id,
                provider_id=event.provider_id,
                name=event.name,
                tool=event.tool,
                input=event.input,
                state="awaited" if event.awaits else "called",
                awaits=event.awaits,
                is_public=event.is_public,
            )
            return msgspec.to_builtins(call)  # type: ignore[no-any-return]  # a struct becomes a dict
    return None


def patch(event: LogEvent) -> tuple[ToolCallId, dict[str, Any]] | None:
    """Return which call an event changes, and to what, in storable form."""
    match event:
        case ToolApprovalRequested():
            expires = msgspec.to_builtins(event.expires_at)
            return event.call_id, {"state": "asked", "expires_at": expires}
        case ToolApprovalAnswered():
            state = "approved" if event.is_approved else "denied"
            return event.call_id, {"state": state, "comment": event.comment}
        case ToolReturned():
            error = None if event.error is None else msgspec.to_builtins(event.error)
            outcome = {"state": "returned" if error is None else "failed", "output": event.output, "error": error}
            measured = {"duration_ms": event.duration_ms, "size": event.size, "is_cut": event.is_cut}
            return event.call_id, outcome | measured
    return None


def follow(activity: Activity, events: Iterable[LogEvent]) -> Activity:
    """Return an activity after further events."""
    stored: list[dict[str, Any]] = [msgspec.to_builtins(part) for part in activity]
    for event in events:
        if (part := added(event)) is not None:
            stored.append(part)
        if (change := patch(event)) is not None:
            call_id = msgspec.to_builtins(change[0])
            stored = [part | change[1] if part.get("id") == call_id else part for part in stored]
    return read_activity(stored)


def calls_in(activity: Sequence[Part], *states: CallState) -> list[Call]:
    """Return the calls that are in one of these states, or all."""
    return [part for part in activity if isinstance(part, Call) and (not states or part.state in states)]


def spoken_in(activity: Sequence[Part]) -> str:
    """Return all that readers were told between calls."""
    return "".join(part.text for part in activity if isinstance(part, Spoken) and part.is_shown)


def last_words(activity: Sequence[Part], text: str) -> str:
    """Return the part of a reply's text that follows its activity: the text holds all that was said."""
    return text[len(spoken_in(activity)) :]


_SHOWN = {
    "called": "running",
    "approved": "running",
    "awaited": "form",
    "asked": "approval",
    "denied": "denied",
    "returned": "done",
    "failed": "failed",
}
_OPEN = frozenset({"called", "approved", "awaited", "asked"})
BROKEN_OFF = "This was broken off."


def tool_parts(activity: Activity, *, is_over: bool, is_inside: bool) -> list[dict[str, Any]]:
    """Return the calls of a reply as parts of a stored message.

    Args:
        activity: of the reply.
        is_over: its turn has ended, so that no call of it goes on.
        is_inside: for the tenant's people, who see every result and what tools said of their failures.
    """
    return [_tool_part(call, is_over=is_over, is_inside=is_inside) for call in calls_in(activity)]


def _tool_part(call: Call, *, is_over: bool, is_inside: bool) -> dict[str, Any]:
    state, error = _SHOWN[call.state], None
    if call.awaits == "client" and state == "form":
        state = "running"
    if call.error is not None:
        error = call.error.message if is_inside else polite(call.error.code)
    if is_over and call.state in _OPEN:
        state, error = "failed", BROKEN_OFF
    waits = state in {"approval", "form"}
    return {
        "type": "tool",
        "id": str(call.id),
        "name": call.name,
        "state": state,
        "input": call.input,
        "output": call.output if is_inside or call.is_public else None,
        "error": error,
        "awaits": state if waits else None,
        "expires_at": call.expires_at.isoformat() if call.expires_at is not None and waits else None,
        "comment": call.comment,
        "duration_ms": call.duration_ms,
        "is_cut": call.is_cut,
    }


_POLITE = {
    "tools.timeout": "This took too long.",
    "tools.declined": "Not filled in.",
    "tools.unanswered": "Not answered in time.",
    "tools.outcome_unknown": "It is not known whether this was done.",
}


def polite(code: str) -> str:
    """Return what readers are told of a failure: what the tool said is for the model and the tenant."""
    return _POLITE.get(code, "This did not work.")
