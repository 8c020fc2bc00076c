"""The part of the aggregate within one turn: its steps, its calls of tools, and what it waits for. Pure."""

from typing import Any, Literal, assert_never

import msgspec

from medea.kernel.ids import MessageId, ToolCallId, TurnId
from medea.modules.conversations.errors import NothingAwaited, TurnAlreadyEnded
from medea.modules.conversations.log import (
    AnswerHeld,
    GuardrailActed,
    HandoffRequested,
    LogEvent,
    ModelFellBack,
    StepCompleted,
    ToolApprovalAnswered,
    ToolApprovalRequested,
    ToolCalled,
    ToolError,
    ToolReturned,
    TurnCancelled,
    TurnCancelRequested,
    TurnOptions,
    TurnPaused,
    TurnStarted,
    TurnUsage,
)

SYSTEM = "system"
"""Who answers where nobody did in time."""
DECLINED = "tools.declined"
UNANSWERED = "tools.unanswered"


class OpenCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a tool that has no result yet.

    Attributes:
        state: `called`: it runs, or ran when its worker died. `asked`: the visitor is asked for approval.
            `approved`: the next attempt makes it. `awaited`: the visitor gives the result.
    """

    call_id: ToolCallId
    state: Literal["called", "asked", "approved", "awaited"]


class Turn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A turn that has not ended.

    Attributes:
        attempt: 0 while it waits.
        steps: in which the model called tools.
        input_tokens, output_tokens, cost_usd: of those steps.
        calls: those without a result.
        is_paused: no worker runs it; it waits for the visitor, or for somebody to look at its answer.
        place: of the agent's models, the one that answers: 0 is its own.
        has_values: what guardrails hid in it is kept, encrypted, until it ends.
        held: the answer that somebody of the company is to look at.
    """

    turn_id: TurnId
    message_id: MessageId
    reply_id: MessageId
    attempt: int = 0
    is_cancel_requested: bool = False
    cancelled_by: str = ""
    options: TurnOptions | None = None
    steps: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    calls: tuple[OpenCall, ...] = ()
    is_paused: bool = False
    place: int = 0
    has_values: bool = False
    held: AnswerHeld | None = None

    @property
    def awaited(self) -> tuple[OpenCall, ...]:
        """The calls that wait for the visitor."""
        return tuple(call for call in self.calls if call.state in {"asked", "awaited"})

    def find_call(self, call_id: ToolCallId, state: str) -> OpenCall | None:
        """Return a call if it is in this state."""
        return next((call for call in self.calls if call.call_id == call_id and call.state == state), None)


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """A worker records what happened in the turn that it runs."""

    turn_id: TurnId
    attempt: int
    events: tuple[
        ModelFellBack
        | StepCompleted
        | ToolCalled
        | ToolApprovalRequested
        | ToolReturned
        | HandoffRequested
        | GuardrailActed,
        ...,
    ]


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A worker leaves the turn that it runs, until the visitor has answered; `text` is what was shown of it."""

    turn_id: TurnId
    attempt: int
    text: str = ""


class Approve(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor says whether a call may be made."""

    turn_id: TurnId
    call_id: ToolCallId
    is_approved: bool
    by: str
    comment: str | None = None


class Submit(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor gives what a call waits for; None: they would rather not."""

    turn_id: TurnId
    call_id: ToolCallId
    output: Any
    size: int = 0


class Expire(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor's time to answer is up."""

    turn_id: TurnId
    attempt: int


def decide_call(turn: Turn | None, command: Progress | Pause | Approve | Submit | Expire) -> list[LogEvent]:
    """Return the events that a command causes in the active turn.

    Raises:
        TurnAlreadyEnded: the worker's turn has ended, or another attempt has begun.
        NothingAwaited: the visitor answers what nobody asks.
    """
    match command:
        case Progress():
            running(turn, command.turn_id, command.attempt)
            return list(command.events)
        case Pause():
            return _pause(running(turn, command.turn_id, command.attempt), command)
        case Approve():
            return _approve(turn, command)
        case Submit():
            return _submit(turn, command)
        case Expire():
            return _expire(turn, command)
        case _:
            assert_never(command)


def running(turn: Turn | None, turn_id: TurnId, attempt: int) -> Turn:
    """Return the turn if this attempt may go on with it.

    Raises:
        TurnAlreadyEnded: it has ended, or another attempt has begun.
    """
    if turn is None or turn.turn_id != turn_id or turn.attempt > attempt:
        raise TurnAlreadyEnded()
    return turn


def _pause(turn: Turn, command: Pause) -> list[LogEvent]:
    if turn.is_cancel_requested:  # the worker had left before it heard of it, and nobody else would end the turn
        return [TurnCancelled(turn_id=turn.turn_id, by=turn.cancelled_by, text=command.text)]
    return [TurnPaused(turn_id=turn.turn_id, is_waiting=bool(turn.awaited))]


def _asked(turn: Turn | None, turn_id: TurnId, call_id: ToolCallId, kind: str) -> tuple[Turn, bool]:
    """Return the turn of a call that waits in this way, and whether it is the last of those that the turn waits for."""
    if turn is None or turn.turn_id != turn_id or turn.find_call(call_id, kind) is None:
        raise NothingAwaited()
    return turn, turn.is_paused and len(turn.awaited) == 1


def _approve(given: Turn | None, command: Approve) -> list[LogEvent]:
    turn, resumes = _asked(given, command.turn_id, command.call_id, "asked")
    return [
        ToolApprovalAnswered(
            turn_id=turn.turn_id,
            call_id=command.call_id,
            is_approved=command.is_approved,
            by=command.by,
            comment=command.comment,
            resumes=resumes,
        )
    ]


def _submit(given: Turn | None, command: Submit) -> list[LogEvent]:
    turn, resumes = _asked(given, command.turn_id, command.call_id, "awaited")
    declined = None
    if command.output is None:
        declined = ToolError(code=DECLINED, message="The visitor would rather not fill this in. Go on without it.")
    return [
        ToolReturned(
            turn_id=turn.turn_id,
            call_id=command.call_id,
            output=command.output,
            error=declined,
            size=command.size,
            resumes=resumes,
        )
    ]


def _expire(turn: Turn | None, command: Expire) -> list[LogEvent]:
    if turn is None or turn.turn_id != command.turn_id or not turn.is_paused or turn.attempt != command.attempt:
        return []
    return unanswered(turn)


def unanswered(turn: Turn) -> list[LogEvent]:
    """Return the answers to all that a paused turn waits for, when the visitor gives none."""
    found: list[LogEvent] = []
    awaited = turn.awaited
    for call in awaited:
        resumes = call is awaited[-1]
        if call.state == "asked":
            answer = ToolApprovalAnswered(
                turn_id=turn.turn_id, call_id=call.call_id, is_approved=False, by=SYSTEM, resumes=resumes
            )
            found.append(answer)
        else:
            error = ToolError(code=UNANSWERED, message="The visitor did not answer. Go on without it.")
            found.append(ToolReturned(turn_id=turn.turn_id, call_id=call.call_id, error=error, resumes=resumes))
    return found


def evolve_turn(turn: Turn, event: LogEvent) -> Turn:
    """Return the turn after one of its events."""
    changes: dict[str, Any] = {}
    match event:
        case TurnStarted():
            changes = {"attempt": event.attempt, "calls": _begun(turn), "is_paused": False}
        case TurnCancelRequested():
            changes = {"is_cancel_requested": True, "cancelled_by": event.by}
        case StepCompleted():
            changes = _spent(turn, event)
        case ToolCalled():
            call = OpenCall(call_id=event.call_id, state="awaited" if event.awaits else "called")
            changes = {"calls": (*turn.calls, call)}
        case ToolApprovalRequested():
            changes = {"calls": _moved(turn, event.call_id, "asked")}
        case ToolApprovalAnswered():
            changes = {"calls": _moved(turn, event.call_id, "approved" if event.is_approved else None)}
        case ToolReturned():
            changes = {"calls": _moved(turn, event.call_id, None)}
        case TurnPaused():
            changes = {"is_paused": event.is_waiting}
        case ModelFellBack() | GuardrailActed() | AnswerHeld():
            changes = _noted(event)
    if isinstance(event, ToolApprovalAnswered | ToolReturned) and event.resumes:
        changes["is_paused"] = False
    return msgspec.structs.replace(turn, **changes)


def _noted(event: ModelFellBack | GuardrailActed | AnswerHeld) -> dict[str, Any]:
    match event:
        case ModelFellBack():
            return {"place": event.place}
        case AnswerHeld():
            return {"held": event}
        case _:
            return {"has_values": True} if event.keeps_values else {}


def _begun(turn: Turn) -> tuple[OpenCall, ...]:
    """This attempt makes the calls that were approved; a later one must know that they were begun."""
    return tuple(
        OpenCall(call_id=call.call_id, state="called") if call.state == "approved" else call for call in turn.calls
    )


def _spent(turn: Turn, event: StepCompleted) -> dict[str, Any]:
    usage = event.usage or TurnUsage(input_tokens=0, output_tokens=0)
    cost = turn.cost_usd
    if event.cost_usd is not None:
        cost = (cost or 0.0) + event.cost_usd
    return {
        "steps": event.step,
        "input_tokens": turn.input_tokens + usage.input_tokens,
        "output_tokens": turn.output_tokens + usage.output_tokens,
        "cost_usd": cost,
    }


def _moved(
    turn: Turn, call_id: ToolCallId, state: Literal["called", "asked", "approved", "awaited"] | None
) -> tuple[OpenCall, ...]:
    """Return the turn's open calls with one in another state, or, with None, without it."""
    moved = [] if state is None else [OpenCall(call_id=call_id, state=state)]
    return tuple(new for call in turn.calls for new in (moved if call.call_id == call_id else [call]))
