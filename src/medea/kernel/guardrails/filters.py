"""Filters over a text that comes in pieces: what goes out does not depend on how it was cut."""

from collections.abc import Callable, Sequence
from typing import Protocol

from medea.kernel.guardrails.redaction import LONGEST_PLACEHOLDER, PLACEHOLDER


class Filter(Protocol):
    """Takes a text piece by piece."""

    def feed(self, text: str) -> str:
        """Take a piece and return what can go out now; the rest is held back."""
        ...

    def end(self) -> str:
        """Return what was held back: nothing more comes."""
        ...


class Chain:
    """Filters one behind the other.

    Args:
        filters: in the order in which the text goes through them.
    """

    __slots__ = ("_filters",)

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._filters = filters

    def feed(self, text: str) -> str:
        """Take a piece and return what can go out now."""
        for each in self._filters:
            if not text:
                return ""
            text = each.feed(text)
        return text

    def end(self) -> str:
        """Return what was held back."""
        text = ""
        for each in self._filters:
            text = (each.feed(text) if text else "") + each.end()
        return text


class Restoring:
    """Puts values in place of their placeholders.

    Args:
        restore: of a text that holds whole placeholders.
    """

    __slots__ = ("_held", "_restore")

    def __init__(self, restore: Callable[[str], str]) -> None:
        self._restore = restore
        self._held = ""

    def feed(self, text: str) -> str:
        """Take a piece; what may be the beginning of a placeholder is held back."""
        text = self._held + text
        begin = text.rfind("[", max(0, len(text) - LONGEST_PLACEHOLDER))
        if begin < 0 or "]" in text[begin:] or not _may_become_placeholder(text[begin + 1 :]):
            begin = len(text)
        self._held = text[begin:]
        return self._restore(text[:begin])

    def end(self) -> str:
        """Return what was held back."""
        text, self._held = self._held, ""
        return text


def _may_become_placeholder(inside: str) -> bool:
    """Say whether what follows a bracket may go on to be a placeholder."""
    if PLACEHOLDER.fullmatch(f"[{inside}]"):
        return True
    return all(sign == "_" or (sign.isascii() and (sign.islower() or sign.isdigit())) for sign in inside)
