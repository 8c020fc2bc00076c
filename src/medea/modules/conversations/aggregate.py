"""The rules of a conversation, pure: `decide(state, command) -> events`, `evolve(state, event) -> state`."""

import hashlib
from collections.abc import Iterable
from typing import assert_never

import msgspec

from medea.kernel.ids import AgentId, MessageId, TurnId, VisitorId
from medea.modules.conversations.calls import (
    Approve,
    Expire,
    Pause,
    Progress,
    Submit,
    Turn,
    decide_call,
    evolve_turn,
    running,
    unanswered,
)
from medea.modules.conversations.errors import (
    ConversationClosed,
    NothingToRegenerate,
    TooManyWaiting,
    TurnAlreadyEnded,
)
from medea.modules.conversations.log import (
    AnswerHeld,
    ContextRetrieved,
    ConversationRenamed,
    ConversationStarted,
    FeedbackGiven,
    GuardrailActed,
    HandoffRequested,
    LogEvent,
    ModelFellBack,
    PromptReceived,
    ReplyCompleted,
    TurnCancelled,
    TurnCancelRequested,
    TurnFailed,
    TurnOptions,
    TurnStarted,
)
from medea.modules.conversations.reviews import Review, decide_expiry, decide_review, held_events

MAX_WAITING = 20
"""Prompts that may wait behind a running turn of one conversation."""


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
        hidden: the highest numbers of placeholders that stand for personal data in it, by kind.
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
    hidden: dict[str, int] = {}

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
    """Ask a turn to stop; `text` is what was shown of one that no worker runs."""

    turn_id: TurnId
    by: str
    text: str = ""


class Begin(msgspec.Struct, frozen=True, kw_only=True):
    """A worker begins an attempt."""

    turn_id: TurnId
    attempt: int
    agent_version: int | None
    model: str | None


class End(msgspec.Struct, frozen=True, kw_only=True):
    """A worker ends the turn that it runs, or leaves it to whoever is to look at the answer.

    Attributes:
        context: what the model was shown from the documents, recorded with the outcome.
        guarded: what guardrails did, recorded with it, too.
        moves: from model to model, the same.
    """

    attempt: int
    event: ReplyCompleted | TurnFailed | TurnCancelled | AnswerHeld
    context: ContextRetrieved | None = None
    guarded: tuple[GuardrailActed, ...] = ()
    moves: tuple[ModelFellBack, ...] = ()


class Judge(msgspec.Struct, frozen=True):
    """Give feedback on a reply."""

    event: FeedbackGiven


class Rename(msgspec.Struct, frozen=True):
    """Set the title."""

    event: ConversationRenamed


Command = (
    Start
    | Prompt
    | Regenerate
    | Cancel
    | Begin
    | Progress
    | Pause
    | Approve
    | Submit
    | Review
    | Expire
    | End
    | Judge
    | Rename
)


def decide(state: State, command: Command) -> list[LogEvent]:
    """Return the events that a command causes, none where it changes nothing.

    Raises:
        ConversationClosed: nothing may be said in it any more.
        TooManyWaiting: too many prompts wait already.
        NothingToRegenerate: the turn is not the last one, or one is running.
        TurnAlreadyEnded: the worker's turn has ended, or another attempt has begun.
        NothingAwaited: somebody answers what nobody asks.
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
        case Review() | Progress() | Pause() | Approve() | Submit() | Expire():
            return _within(state.active, command)
        case End():
            return _end(state, command)
        case _:
            assert_never(command)


def _within(turn: Turn | None, command: Review | Progress | Pause | Approve | Submit | Expire) -> list[LogEvent]:
    if isinstance(command, Review):
        return decide_review(turn, command)
    if isinstance(command, Expire) and turn is not None and turn.held is not None:
        return decide_expiry(turn, command)
    return decide_call(turn, command)


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
    return [*(unanswered(turn) if turn is not None and turn.is_paused else ()), said]


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
    if turn is None:
        return []
    if turn.attempt == 0 or turn.is_paused:  # no worker runs it, whatever was asked before
        shown = command.text if turn.held is None else turn.held.shown
        return [TurnCancelled(turn_id=command.turn_id, by=command.by, text=shown)]
    if turn.is_cancel_requested:
        return []
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


def _end(state: State, command: End) -> list[LogEvent]:
    turn = running(state.active, command.event.turn_id, command.attempt)
    event = command.event
    context = () if command.context is None else (command.context,)
    ends = held_events(turn, event) if isinstance(event, AnswerHeld) else [event]
    return [*command.moves, *context, *command.guarded, *ends]


def evolve(state: State, event: LogEvent) -> State:
    """Return the state after an event."""
    version = state.version + 1
    match event:
        case ConversationStarted():
            digest = event.digest
            if event.is_digested and digest is None:
                digest = digest_of((past.role, past.text) for past in event.history)
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
            digest = event.digest or _said(state, "user", event.text)
            if state.active is None:
                return msgspec.structs.replace(state, version=version, active=turn, digest=digest)
            return msgspec.structs.replace(state, version=version, waiting=(*state.waiting, turn), digest=digest)
        case GuardrailActed():
            return _guarded(state, version, event)
        case HandoffRequested():
            return msgspec.structs.replace(state, version=version, is_handed_over=True)
        case ReplyCompleted():
            return _ended(state, version, event.turn_id, _said(state, "assistant", event.text))
        case TurnFailed() | TurnCancelled():
            return _ended(state, version, event.turn_id, None)
        case _:
            active = state.active
            if active is not None and active.turn_id == getattr(event, "turn_id", None):
                active = evolve_turn(active, event)
            return msgspec.structs.replace(state, version=version, active=active)


def _guarded(state: State, version: int, event: GuardrailActed) -> State:
    hidden = state.hidden | {kind: max(last, state.hidden.get(kind, 0)) for kind, last in event.last.items()}

    def evolved(turn: Turn) -> Turn:
        return evolve_turn(turn, event) if turn.turn_id == event.turn_id else turn

    active = None if state.active is None else evolved(state.active)
    waiting = tuple(evolved(turn) for turn in state.waiting)
    return msgspec.structs.replace(state, version=version, hidden=hidden, active=active, waiting=waiting)


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
