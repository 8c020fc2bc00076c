"""Patterns and terms that tenants write, matched in time that is linear in the text whatever they wrote.

Python's own engine backtracks: `(a+)+$` takes it minutes for thirty letters. RE2 builds an automaton and has neither
look-around nor back-references, which is why it can promise this (https://github.com/google/re2/wiki/WhyRE2).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import re2

_MEMORY = 512 * 1024  # bytes that a pattern and its automaton may take; beyond it RE2 goes on more slowly
_WORD = re.compile(r"\w+")
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Thai, Lao, Burmese, Khmer, Kana, Han."""
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


class PatternRefusedError(ValueError):
    """A pattern that RE2 does not take; the text says why, for whoever wrote it."""


class Pattern:
    """A compiled pattern.

    Args:
        source: in RE2's syntax.

    Raises:
        PatternRefusedError: it is none, too big, or matches where there is nothing.
    """

    __slots__ = ("_compiled",)

    def __init__(self, source: str) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        try:
            self._compiled: Any = re2.compile(source, options)
        except re2.error as error:
            words = error.args[0].decode(errors="replace") if error.args else "it cannot be read"
            raise PatternRefusedError(f"is no pattern that RE2 takes: {words}") from error
        if self._compiled.search("") is not None:
            raise PatternRefusedError("matches an empty text, so it would match everywhere")

    def is_in(self, text: str) -> bool:
        """Say whether a text holds it."""
        return self._compiled.search(text) is not None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a text holds it."""
        for match in self._compiled.finditer(text):
            start, end = match.span()
            if end > start:
                yield start, end


class Terms:
    """Words and phrases, found as whole words whatever the case, and whatever invisible characters are in between.

    In scripts that write no spaces there are no whole words: a term with such letters is found anywhere. Each word of
    a text is looked up once, so that many terms cost little more than few.

    Args:
        terms: at least one.
    """

    __slots__ = ("_anywhere", "_by_word", "longest")

    def __init__(self, terms: Sequence[str]) -> None:
        self._anywhere: list[tuple[str, str]] = []
        self._by_word: dict[str, list[tuple[int, str, str]]] = {}
        for term in terms:
            seen = _folded(term)
            first = _WORD.search(seen)
            if first is None or _NO_SPACES.search(seen):
                self._anywhere.append((seen, term))
            else:
                self._by_word.setdefault(first[0], []).append((first.start(), seen, term))
        self.longest = max(len(_folded(term)) for term in terms)

    def find(self, text: str) -> str | None:
        """Return a term that a text holds, as it was written by the tenant."""
        text = _folded(text)
        for seen, term in self._anywhere:
            if seen in text:
                return term
        if self._by_word.keys().isdisjoint(_WORD.findall(text)):
            return None
        for word in _WORD.finditer(text):
            for offset, seen, term in self._by_word.get(word[0], ()):
                start = word.start() - offset
                end = start + len(seen)
                if start >= 0 and text.startswith(seen, start) and not _is_inside(text, start, end):
                    return term
        return None


def _is_inside(text: str, start: int, end: int) -> bool:
    """Say whether letters or digits go on before or behind a place."""
    return bool(start and _WORD.match(text, start - 1, start)) or _WORD.match(text, end, end + 1) is not None


def plain(text: str) -> str:
    """Return a text as people read it: compatible characters alike, invisible ones left out."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE)


def _folded(text: str) -> str:
    return " ".join(plain(text).casefold().split())
