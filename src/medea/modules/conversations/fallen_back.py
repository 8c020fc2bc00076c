"""Which model answered because another did not, as parts of a stored message: for the tenant's people alone."""

from collections.abc import Iterable, Mapping
from typing import Any

from medea.modules.conversations.log import ModelFellBack


def move_of(event: ModelFellBack) -> dict[str, Any]:
    """Return what a message keeps of a move to another model."""
    return {"from": event.model, "to": event.to, "reason": event.reason, "code": event.code, "detail": event.detail}


def fallback_parts(moves: Iterable[Mapping[str, Any]], *, is_inside: bool) -> list[dict[str, Any]]:
    """Return what readers of a stored message are told of it: visitors nothing."""
    return [{"type": "fallback", **move} for move in moves] if is_inside else []
