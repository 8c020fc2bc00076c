"""The part of the aggregate that concerns answers which somebody looks at before readers do. Pure."""

from typing import Literal

import msgspec

from medea.kernel.ids import TurnId
from medea.modules.conversations.calls import SYSTEM, Expire, Turn
from medea.modules.conversations.errors import NothingAwaited
from medea.modules.conversations.log import (
    AnswerHeld,
    AnswerReviewed,
    LogEvent,
    ReplyCompleted,
    TurnCancelled,
    TurnPaused,
)

Decision = Literal["approved", "declined", "answered", "expired"]
BETWEEN = "\n\n"
"""Between what readers have seen of an answer and what is said instead of the rest."""
NOT_SHOWN = "content_filter"
"""The finish reason of a reply whose end is not what the model said."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the company says whether an answer may be shown; `answer` is what they say instead."""

    turn_id: TurnId
    is_approved: bool
    by: str
    answer: str | None = None
    comment: str | None = None


def held_events(turn: Turn, event: AnswerHeld) -> list[LogEvent]:
    """Return what follows from an answer that is held: its turn waits, unless it was stopped meanwhile."""
    if turn.is_cancel_requested:
        return [TurnCancelled(turn_id=turn.turn_id, by=turn.cancelled_by, text=event.shown)]
    return [event, TurnPaused(turn_id=turn.turn_id, is_waiting=True)]


def decision_of(command: Review) -> Decision:
    """Return what a command comes to."""
    if command.is_approved:
        return "approved"
    return "declined" if command.answer is None else "answered"


def decide_review(turn: Turn | None, command: Review) -> list[LogEvent]:
    """Return the events that end the turn.

    Raises:
        NothingAwaited: its answer is not held, or not any more.
    """
    if turn is None or turn.turn_id != command.turn_id or turn.held is None:
        raise NothingAwaited()
    return _reviewed(turn.held, decision_of(command), command.by, command.answer, command.comment)


def decide_expiry(turn: Turn, command: Expire) -> list[LogEvent]:
    """Return the events that end a turn whose answer nobody has looked at in time; none where that is not so."""
    if turn.held is None or turn.turn_id != command.turn_id or turn.attempt != command.attempt:
        return []
    return _reviewed(turn.held, "expired", SYSTEM)


def _reviewed(
    held: AnswerHeld, decision: Decision, by: str, answer: str | None = None, comment: str | None = None
) -> list[LogEvent]:
    reviewed = AnswerReviewed(turn_id=held.turn_id, decision=decision, by=by, comment=comment)
    return [reviewed, held.reply if decision == "approved" else _instead(held, answer)]


def _instead(held: AnswerHeld, answer: str | None) -> ReplyCompleted:
    """Return a reply whose end somebody else has written; what it took was taken all the same."""
    words = held.replacement if answer is None else answer
    return msgspec.structs.replace(
        held.reply,
        text=f"{held.shown}{BETWEEN}{words}" if held.shown else words,
        finish_reason=NOT_SHOWN if answer is None else "stop",
        grounding=None,
    )
