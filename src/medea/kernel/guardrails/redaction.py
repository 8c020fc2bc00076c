"""Placeholders in place of personal data, and back.

Within one `Redactor` a value always has the same placeholder and a placeholder one value, so that a model can say which
address it means without ever seeing it. What looks like a placeholder already, because somebody wrote it or an earlier
turn left it, stays as it is, and its number is given to nothing else.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from medea.kernel.guardrails.pii import Finder, finders_of
from medea.kernel.guardrails.rules import PII_KINDS, PiiRules

PLACEHOLDER = re.compile(r"\[([a-z][a-z0-9_]{0,30})_([1-9][0-9]{0,5})\]")
LONGEST_PLACEHOLDER = 40
PASSES = 6
"""How often a text is gone through for what hiding has uncovered. After that what stands next to it is hidden whole."""
_JOINED = re.compile(r"[\w@]\[[a-z]|\][\w+(@%\-]")
"""A placeholder with something right beside it, which may be a number or an address now that its neighbour is gone."""


class Redactor:
    """Hides values, and remembers what it has hidden.

    Args:
        rules: what is looked for.
        known: values by their placeholders, of earlier in the same turn.
        last: the highest number given so far, by kind.
        also_allowed: values that are not hidden, beside those of the rules.
    """

    __slots__ = ("_allowed", "_by_value", "_finders", "counts", "last", "used", "values")

    def __init__(
        self,
        rules: PiiRules,
        known: Mapping[str, str] | None = None,
        last: Mapping[str, int] | None = None,
        *,
        also_allowed: Iterable[str] = (),
    ) -> None:
        self._finders = finders_of(rules)
        self._allowed = tuple((term.casefold(), _squeezed(term)) for term in (*rules.allowed, *also_allowed))
        self.values: dict[str, str] = {}
        self._by_value: dict[str, str] = {}
        self.last = dict(last or {})
        self.counts: Counter[str] = Counter()
        self.used: set[str] = set()
        self.learn(known or {})

    def fork(self) -> "Redactor":
        """Return one that goes on from here without changing this one, and counts anew."""
        other = object.__new__(Redactor)
        other._finders, other._allowed = self._finders, self._allowed
        other._by_value = dict(self._by_value)
        other.values, other.last = dict(self.values), dict(self.last)
        other.counts, other.used = Counter(), set()
        return other

    def learn(self, values: Mapping[str, str]) -> None:
        """Take over values that were hidden elsewhere, by their placeholders."""
        for placeholder, value in values.items():
            self.values[placeholder] = value
            self._by_value[value] = placeholder
            self.reserve(placeholder)

    def raise_to(self, last: Mapping[str, int]) -> None:
        """Give no number up to these, by kind."""
        for kind, number in last.items():
            self.last[kind] = max(self.last.get(kind, 0), number)

    def reserve(self, text: str) -> None:
        """Give the numbers of placeholders that a text holds to nothing else. To be called before `redact`."""
        if "[" not in text:
            return
        for kind, number in PLACEHOLDER.findall(text):
            self.last[kind] = max(self.last.get(kind, 0), int(number))

    def redact(self, text: str) -> str:
        """Return a text with placeholders in place of what must not be seen.

        Until nothing more is found: what was hidden may uncover what stood beside it. A text made so that each pass
        uncovers one thing more does not get as many: its work stays linear in its length.
        """
        if not text:
            return text
        self.reserve(text)
        for _ in range(PASSES):
            before, may_uncover = text, False
            for kind, find in self._finders:
                hidden = self._hide(text, kind, find)
                may_uncover = may_uncover or (hidden is not text and kind not in PII_KINDS)
                text = hidden
            if text is before or not (may_uncover or _JOINED.search(text)):
                return text
        return self._hide_whole(text)

    def redact_value(self, value: Any) -> Any:
        """Return a JSON-like value with every text in it redacted, names of members too."""
        return mapped(value, self.redact)

    def restore(self, text: str) -> str:
        """Return a text with the values in place of their placeholders."""
        return restored(text, self.values)

    def restore_value(self, value: Any) -> Any:
        """Return a JSON-like value with every text in it restored."""
        return mapped(value, self.restore)

    def _hide(self, text: str, kind: str, find: Finder) -> str:
        pieces: list[str] = []
        behind = 0
        for start, end in self._outside(text, find):
            if not self._is_allowed(text[start:end]):
                pieces += [text[behind:start], self._placeholder(kind, text[start:end])]
                behind = end
        return "".join([*pieces, text[behind:]]) if pieces else text

    def _hide_whole(self, text: str) -> str:
        """Hide each stretch between placeholders in which something is found, from its beginning to its end."""
        pieces: list[str] = []
        behind = 0
        for start, end in _between(text):
            kind = self._kind_in(text[start:end])
            if kind is not None:
                pieces += [text[behind:start], self._placeholder(kind, text[start:end])]
                behind = end
        return "".join([*pieces, text[behind:]])

    def _kind_in(self, text: str) -> str | None:
        for kind, find in self._finders:
            if any(not self._is_allowed(text[start:end]) for start, end in find(text)):
                return kind
        return None

    @staticmethod
    def _outside(text: str, find: Finder) -> Iterable[tuple[int, int]]:
        """Yield what is found between placeholders."""
        for begin, end in _between(text):
            yield from _shifted(find(text[begin:end]), begin)

    def _is_allowed(self, value: str) -> bool:
        if not self._allowed:
            return False
        given, squeezed = value.casefold(), _squeezed(value)
        domain = given.rpartition("@")[2]
        return any(
            term in {given, domain} or domain.endswith(f".{term}") or short == squeezed for term, short in self._allowed
        )

    def _placeholder(self, kind: str, value: str) -> str:
        self.counts[kind] += 1
        made = self._by_value.get(value)
        if made is None:
            number = self.last[kind] = self.last.get(kind, 0) + 1
            made = self._by_value[value] = f"[{kind}_{number}]"
            self.values[made] = value
        self.used.add(made)
        return made


def _between(text: str) -> Iterable[tuple[int, int]]:
    """Yield the stretches before, between and behind placeholders that are not empty."""
    begin = 0
    for match in PLACEHOLDER.finditer(text) if "[" in text else ():
        if match.start() > begin:
            yield begin, match.start()
        begin = match.end()
    if begin < len(text):
        yield begin, len(text)


def _squeezed(value: str) -> str:
    """Return a number as it is however it is grouped."""
    return "".join(sign for sign in value.casefold() if sign.isalnum() or sign in "@+")


def _shifted(spans: Iterable[tuple[int, int]], by: int) -> Iterable[tuple[int, int]]:
    return ((start + by, end + by) for start, end in spans)


def restored(text: str, values: Mapping[str, str]) -> str:
    """Return a text with values in place of their placeholders."""
    if not values or "[" not in text:
        return text
    return PLACEHOLDER.sub(lambda match: values.get(match[0], match[0]), text)


def kind_of(placeholder: str) -> str:
    """Return what a placeholder stands for: `email` of `[email_1]`."""
    return placeholder[1:].rpartition("_")[0]


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON-like value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(name): mapped(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(item, change) for item in value]
    return value
