"""What guardrails did, as parts of a stored message and as frames: visitors learn that something is missing."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from medea.modules.conversations.log import GuardrailActed

Mark = Mapping[str, Any]
"""What a message keeps of a rule's act."""

_TOLD = ("refused", "withheld")
"""Acts that visitors are told of; of the others they see the effect."""


def mark_of(event: GuardrailActed) -> dict[str, Any]:
    """Return what a message keeps of a rule's act."""
    known = {"rule": event.rule, "stage": event.stage, "action": event.action, "name": event.name}
    return {**known, "counts": event.counts}


def guardrail_parts(marks: Iterable[Mark], *, is_inside: bool) -> list[dict[str, Any]]:
    """Return what rules did to a message.

    Args:
        marks: as the message keeps them.
        is_inside: for the tenant's people, who see which rule it was.
    """
    if is_inside:
        return [{"type": "guardrail", **mark} for mark in marks]
    return [{"type": "guardrail", "action": mark["action"]} for mark in marks if mark["action"] in _TOLD]


def guardrail_frames(marks: Iterable[Mark]) -> list[bytes]:
    """Return the frames that tell readers of a reply that it is not what the model would have said."""
    told = [{"action": mark["action"]} for mark in marks if mark["action"] in _TOLD]
    return [msgspec.json.encode({"type": "data-guardrail", "data": data}) for data in told]
