"""What guardrails did, as parts of a stored message and as frames: visitors learn that something is missing."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from medea.modules.conversations.log import AnswerReviewed, GuardrailActed

Mark = Mapping[str, Any]
"""What a message keeps of a rule's act."""

RULE = "approval.answers"
"""By which somebody looks at answers that no other rule has stopped."""
HELD = "held"
"""What was done to an answer that somebody is to look at first."""
_DECIDED = frozenset({"approved", "declined", "answered", "expired"})
_TOLD = {"refused": "refused", "withheld": "withheld", HELD: HELD, "declined": "withheld", "expired": "withheld"}
"""Acts that visitors are told of, as what; of the others they see the effect."""


def mark_of(event: GuardrailActed) -> dict[str, Any]:
    """Return what a message keeps of a rule's act."""
    known = {"rule": event.rule, "stage": event.stage, "action": event.action, "name": event.name}
    return {**known, "counts": event.counts}


def review_mark(event: AnswerReviewed) -> dict[str, Any]:
    """Return what a message keeps of what somebody said to its answer."""
    known = {"rule": RULE, "stage": "answer", "action": event.decision, "name": "", "counts": {}}
    return {**known, "by": event.by, "comment": event.comment}


def is_held(marks: Iterable[Mark]) -> bool:
    """Say of a turn that waits whether it does so for somebody to look at its answer, by what its message keeps."""
    actions = {mark["action"] for mark in marks}
    return HELD in actions and actions.isdisjoint(_DECIDED)


def _told(marks: Iterable[Mark], *, is_waiting: bool) -> list[str]:
    marks = list(marks)
    told = [_TOLD[mark["action"]] for mark in marks if mark["action"] in _TOLD]
    return told if is_waiting and is_held(marks) else [action for action in told if action != HELD]


def guardrail_parts(marks: Iterable[Mark], *, is_inside: bool, is_waiting: bool) -> list[dict[str, Any]]:
    """Return what rules did to a message.

    Args:
        marks: as the message keeps them.
        is_inside: for the tenant's people, who see which rule it was.
        is_waiting: its turn waits; of an answer that was held once, and is not any more, others hear nothing.
    """
    if is_inside:
        return [{"type": "guardrail", **mark} for mark in marks]
    return [{"type": "guardrail", "action": action} for action in _told(marks, is_waiting=is_waiting)]


def guardrail_frames(marks: Iterable[Mark], *, is_waiting: bool) -> list[bytes]:
    """Return the frames that tell readers of a reply that it is not what the model would have said.

    Args:
        marks: what rules did to it.
        is_waiting: its turn waits.
    """
    told = _told(marks, is_waiting=is_waiting)
    return [msgspec.json.encode({"type": "data-guardrail", "data": {"action": action}}) for action in told]
