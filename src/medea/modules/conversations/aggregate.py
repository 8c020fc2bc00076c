"""The rules of a conversation, pure: `decide(state, command) -> events`, `evolve(state, event) -> state`."""

import hashlib
from collections.abc import Iterable
from typing import Any, Literal, assert_never

import msgspec

from medea.kernel.ids import AgentId, MessageId, ToolCallId, TurnId, VisitorId
from medea.modules.conversations.errors import (
    ConversationClosed,
    NothingAwaited,
    NothingToRegenerate,
    TooManyWaiting,
    TurnAlreadyEnded,
)
from medea.modules.conversations.log import (
    ContextRetrieved,
    ConversationRenamed,
    ConversationStarted,
    FeedbackGiven,
    HandoffRequested,
    LogEvent,
    PromptReceived,
    ReplyCompleted,
    StepCompleted,
    ToolApprovalAnswered,
    ToolApprovalRequested,
    ToolCalled,
    ToolError,
    ToolReturned,
    TurnCancelled,
    TurnCancelRequested,
    TurnFailed,
    TurnOptions,
    TurnPaused,
    TurnStarted,
    TurnUsage,
)

MAX_WAITING = 20
"""Prompts that may wait behind a running turn of one conversation."""


SYSTEM = "system"
"""Who answers where nobody did in time."""


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
        is_paused: no worker runs it; it waits for the visitor.
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

    @property
    def awaited(self) -> tuple[OpenCall, ...]:
        """The calls that wait for the visitor."""
        return tuple(call for call in self.calls if call.state in {"asked", "awaited"})

    def find_call(self, call_id: ToolCallId, state: str) -> OpenCall | None:
        """Return a call if it is in this state."""
        return next((call for call in self.calls if call.call_id == call_id and call.state == state), None)


class LastTurn(msgspec.Struct, frozen=True, kw_only=True):
    """The turn that ended last: what can be answered once more."""

    turn_id: TurnId
    message_id: MessageId


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What decisions need to know; kept as a snapshot beside the read model.

    Attributes:
        version: of the last event.
        active: the turn that runs or is next to.
        waiting: turns behind it, in order.
        digest: of everything said so far, kept where clients bring their whole history each time, so that
            the conversation they mean is found again.
        is_handed_over: the assistant asked for a person.
    """

    agent_id: AgentId | None = None
    version: int = 0
    visitor_id: VisitorId | None = None
    is_draft: bool = False
    is_closed: bool = False
    active: Turn | None = None
    waiting: tuple[Turn, ...] = ()
    last: LastTurn | None = None
    digest: str | None = None
    is_handed_over: bool = False

    def find_turn(self, turn_id: TurnId) -> Turn | None:
        """Return the turn if it has not ended."""
        if self.active is not None and self.active.turn_id == turn_id:
            return self.active
        return next((turn for turn in self.waiting if turn.turn_id == turn_id), None)


class Start(msgspec.Struct, frozen=True):
    """Open the conversation."""

    event: ConversationStarted


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """Say something."""

    turn_id: TurnId
    message_id: MessageId
    reply_id: MessageId
    text: str
    options: TurnOptions | None = None


class Regenerate(msgspec.Struct, frozen=True, kw_only=True):
    """Answer the last prompt once more."""

    of: TurnId
    turn_id: TurnId
    reply_id: MessageId
    text: str


class Cancel(msgspec.Struct, frozen=True, kw_only=True):
    """Ask a turn to stop."""

    turn_id: TurnId
    by: str


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """A worker begins an attempt."""

    turn_id: TurnId
    attempt: int
    agent_version: int | None
    model: str | None


class End(msgspec.Struct, frozen=True, kw_only=True):
    """A worker ends the turn that it runs.

    Attributes:
        context: what the model was shown from the documents, recorded with the outcome.
    """

    attempt: int
    event: ReplyCompleted | TurnFailed | TurnCancelled
    context: ContextRetrieved | None = None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """A worker records what happened in the turn that it runs."""

    turn_id: TurnId
    attempt: int
    events: tuple[StepCompleted | ToolCalled | ToolApprovalRequested | ToolReturned | HandoffRequested, ...]


class Pause(msgspec.Struct, frozen=True, kw_only=True):
    """A worker leaves the turn that it runs, until the visitor has answered."""

    turn_id: TurnId
    attempt: int


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


class Judge(msgspec.Struct, frozen=True):
    """Give feedback on a reply."""

    event: FeedbackGiven


class Rename(msgspec.Struct, frozen=True):
    """Set the title."""

    event: ConversationRenamed


Command = (
    Start | Prompt | Regenerate | Cancel | Begin | Progress | Pause | Approve | Submit | Expire | End | Judge | Rename
)


def decide(state: State, command: Command) -> list[LogEvent]:
    """Return the events that a command causes, none where it changes nothing.

    Raises:
        ConversationClosed: nothing may be said in it any more.
        TooManyWaiting: too many prompts wait already.
        NothingToRegenerate: the turn is not the last one, or one is running.
        TurnAlreadyEnded: the worker's turn has ended, or another attempt has begun.
        NothingAwaited: the visitor answers what nobody asks.
    """
    match command:
        case Start() | Judge() | Rename():
            return [command.event]
        case Prompt():
            return _prompt(state, command)
        case Regenerate():
            return _regenerate(state, command)
        case Cancel():
            return _cancel(state, command)
        case Begin():
            return _begin(state, command)
        case Progress():
            _running(state, command.turn_id, command.attempt)
            return list(command.events)
        case Pause():
            turn = _running(state, command.turn_id, command.attempt)
            return [TurnPaused(turn_id=turn.turn_id, is_waiting=bool(turn.awaited))]
        case Approve():
            return _approve(state, command)
        case Submit():
            return _submit(state, command)
        case Expire():
            return _expire(state, command)
        case End():
            return _end(state, command)
        case _:
            assert_never(command)


def _prompt(state: State, command: Prompt) -> list[LogEvent]:
    if state.is_closed:
        raise ConversationClosed()
    if len(state.waiting) >= MAX_WAITING:
        raise TooManyWaiting(limit=MAX_WAITING)
    said = PromptReceived(
        turn_id=command.turn_id,
        message_id=command.message_id,
        reply_id=command.reply_id,
        text=command.text,
        options=command.options,
    )
    turn = state.active
    # Who says something else instead of answering has answered: the turn must not hold up what was said.
    return [*(_refusals(turn, by=SYSTEM, code=UNANSWERED) if turn is not None and turn.is_paused else ()), said]


def _regenerate(state: State, command: Regenerate) -> list[LogEvent]:
    if state.is_closed:
        raise ConversationClosed()
    if state.active is not None or state.last is None or state.last.turn_id != command.of:
        raise NothingToRegenerate()
    return [
        PromptReceived(
            turn_id=command.turn_id,
            message_id=state.last.message_id,
            reply_id=command.reply_id,
            text=command.text,
            replaces=command.of,
        )
    ]


def _cancel(state: State, command: Cancel) -> list[LogEvent]:
    turn = state.find_turn(command.turn_id)
    if turn is None or turn.is_cancel_requested:
        return []
    if turn.attempt == 0 or turn.is_paused:
        return [TurnCancelled(turn_id=command.turn_id, by=command.by)]
    return [TurnCancelRequested(turn_id=command.turn_id, by=command.by)]


def _begin(state: State, command: Begin) -> list[LogEvent]:
    turn = state.active
    if turn is None or turn.turn_id != command.turn_id or command.attempt <= turn.attempt:
        raise TurnAlreadyEnded()
    return [
        TurnStarted(
            turn_id=command.turn_id,
            attempt=command.attempt,
            agent_version=command.agent_version,
            model=command.model,
        )
    ]


def _running(state: State, turn_id: TurnId, attempt: int) -> Turn:
    turn = state.active
    if turn is None or turn.turn_id != turn_id or turn.attempt > attempt:
        raise TurnAlreadyEnded()
    return turn


def _asked(state: State, turn_id: TurnId, call_id: ToolCallId, kind: str) -> tuple[Turn, bool]:
    """Return the turn of a call that waits in this way, and whether it is the last of those that the turn waits for."""
    turn = state.active
    if turn is None or turn.turn_id != turn_id or turn.find_call(call_id, kind) is None:
        raise NothingAwaited()
    return turn, turn.is_paused and len(turn.awaited) == 1


def _approve(state: State, command: Approve) -> list[LogEvent]:
    turn, resumes = _asked(state, command.turn_id, command.call_id, "asked")
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


def _submit(state: State, command: Submit) -> list[LogEvent]:
    turn, resumes = _asked(state, command.turn_id, command.call_id, "awaited")
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


DECLINED = "tools.declined"
UNANSWERED = "tools.unanswered"


def _expire(state: State, command: Expire) -> list[LogEvent]:
    turn = state.active
    if turn is None or turn.turn_id != command.turn_id or not turn.is_paused or turn.attempt != command.attempt:
        return []
    return _refusals(turn, by=SYSTEM, code=UNANSWERED)


def _refusals(turn: Turn, *, by: str, code: str) -> list[LogEvent]:
    """Return the answers to all that a paused turn waits for, when the visitor gives none."""
    found: list[LogEvent] = []
    awaited = turn.awaited
    for call in awaited:
        resumes = call is awaited[-1]
        if call.state == "asked":
            answer = ToolApprovalAnswered(
                turn_id=turn.turn_id, call_id=call.call_id, is_approved=False, by=by, resumes=resumes
            )
            found.append(answer)
        else:
            error = ToolError(code=code, message="The visitor did not answer. Go on without it.")
            found.append(ToolReturned(turn_id=turn.turn_id, call_id=call.call_id, error=error, resumes=resumes))
    return found


def _end(state: State, command: End) -> list[LogEvent]:
    turn = state.active
    if turn is None or turn.turn_id != command.event.turn_id or turn.attempt > command.attempt:
        raise TurnAlreadyEnded()
    return [command.event] if command.context is None else [command.context, command.event]


def evolve(state: State, event: LogEvent) -> State:
    """Return the state after an event."""
    version = state.version + 1
    match event:
        case ConversationStarted():
            digest = digest_of((past.role, past.text) for past in event.history) if event.is_digested else None
            return msgspec.structs.replace(
                state,
                version=version,
                agent_id=event.agent_id,
                visitor_id=event.visitor_id,
                is_draft=event.is_draft,
                digest=digest,
            )
        case PromptReceived():
            turn = Turn(
                turn_id=event.turn_id, message_id=event.message_id, reply_id=event.reply_id, options=event.options
            )
            digest = _said(state, "user", event.text)
            if state.active is None:
                return msgspec.structs.replace(state, version=version, active=turn, digest=digest)
            return msgspec.structs.replace(state, version=version, waiting=(*state.waiting, turn), digest=digest)
        case TurnStarted():
            return _started(state, version, event)
        case StepCompleted() | ToolCalled() | ToolApprovalRequested() | ToolApprovalAnswered() | ToolReturned():
            return _progressed(state, version, event)
        case TurnPaused():
            return _change(state, version, event.turn_id, is_paused=event.is_waiting)
        case HandoffRequested():
            return msgspec.structs.replace(state, version=version, is_handed_over=True)
        case TurnCancelRequested():
            return _change(state, version, event.turn_id, is_cancel_requested=True, cancelled_by=event.by)
        case ReplyCompleted():
            return _ended(state, version, event.turn_id, _said(state, "assistant", event.text))
        case TurnFailed() | TurnCancelled():
            return _ended(state, version, event.turn_id, None)
        case _:
            return msgspec.structs.replace(state, version=version)


def _change(state: State, version: int, turn_id: TurnId, **changes: object) -> State:
    if state.active is None or state.active.turn_id != turn_id:
        return msgspec.structs.replace(state, version=version)
    return msgspec.structs.replace(state, version=version, active=msgspec.structs.replace(state.active, **changes))


def _started(state: State, version: int, event: TurnStarted) -> State:
    """This attempt makes the calls that were approved; a later one must know that they were begun."""
    calls = () if state.active is None else state.active.calls
    begun = tuple(
        OpenCall(call_id=call.call_id, state="called") if call.state == "approved" else call for call in calls
    )
    return _change(state, version, event.turn_id, attempt=event.attempt, calls=begun, is_paused=False)


def _progressed(
    state: State,
    version: int,
    event: StepCompleted | ToolCalled | ToolApprovalRequested | ToolApprovalAnswered | ToolReturned,
) -> State:
    turn = state.active
    if turn is None or turn.turn_id != event.turn_id:
        return msgspec.structs.replace(state, version=version)
    changes: dict[str, Any] = {}
    match event:
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
    if isinstance(event, ToolApprovalAnswered | ToolReturned) and event.resumes:
        changes["is_paused"] = False
    return _change(state, version, event.turn_id, **changes)


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


def _said(state: State, role: str, text: str) -> str | None:
    return None if state.digest is None else digest_of([(role, text)], state.digest)


def _ended(state: State, version: int, turn_id: TurnId, digest: str | None) -> State:
    ended = state.find_turn(turn_id)
    if ended is None:
        return msgspec.structs.replace(state, version=version)
    last = LastTurn(turn_id=ended.turn_id, message_id=ended.message_id)
    if ended is not state.active:
        waiting = tuple(turn for turn in state.waiting if turn is not ended)
        return msgspec.structs.replace(state, version=version, waiting=waiting, digest=digest)
    active, waiting = (state.waiting[0], state.waiting[1:]) if state.waiting else (None, ())
    return msgspec.structs.replace(state, version=version, active=active, waiting=waiting, last=last, digest=digest)


def digest_of(messages: Iterable[tuple[str, str]], start: str = "") -> str:
    """Return the digest of messages (role, text) said after those that `start` is the digest of.

    A chain of SHA-256, so that it can be continued message by message.
    """
    digest = start
    for role, text in messages:
        digest = hashlib.sha256(f"{digest}\n{role}\n{len(text)}\n{text}".encode()).hexdigest()
    return digest


def fold(events: list[LogEvent]) -> State:
    """Return the state after all events."""
    state = State()
    for event in events:
        state = evolve(state, event)
    return state
