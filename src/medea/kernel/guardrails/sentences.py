"""Checks of an answer, sentence by sentence: a sentence goes out when it is whole and nothing in it is forbidden.

What has gone out cannot be taken back from a program that has read it, so nothing goes out before it is judged. A
sentence ends at a full stop, question or exclamation mark followed by white space, at a line's end, or, where none
comes for long, between two words.
"""

import re
from dataclasses import dataclass
from typing import Literal

from medea.kernel.guardrails.patterns import Pattern, Terms
from medea.kernel.guardrails.redaction import Redactor

LONG = 400
"""Characters after which a sentence is cut between two words."""
VERY_LONG = 2048
"""Characters after which it is cut wherever that is."""
_MARK_LENGTH = 6  # of the longest end of a sentence, with what must follow it
_END = re.compile(r"[.!?\u2026]['\")\]*_\u201d\u2019]{0,3}(?=\s)|\n|[\u3002\uff01\uff1f]")
_PAUSE = re.compile(r"(?<=[^\W\d_]),?[ \t](?=[^\W\d_])")


@dataclass(slots=True)
class Stopped:
    """Why an answer was stopped.

    Attributes:
        rule: `terms` or `patterns`.
        name: of the term or pattern.
    """

    rule: str
    name: str


class Sentences:
    """Holds an answer against terms and patterns, and hides personal data in it.

    Args:
        terms: that stop it.
        patterns: by name, that stop it.
        redactor: hides what it finds.
        holds: what is kept for a person to look at instead of being lost: the `rest`, from the sentence on that holds
            something forbidden, or `all`.

    Attributes:
        stopped: what was found first.
        kept: what is held for a person, as it would be shown.
    """

    __slots__ = ("_held", "_holds", "_patterns", "_redactor", "_seen", "_tail", "_terms", "kept", "stopped")

    def __init__(
        self,
        terms: Terms | None,
        patterns: tuple[tuple[str, Pattern], ...],
        redactor: Redactor | None = None,
        *,
        holds: Literal["rest", "all"] | None = None,
    ) -> None:
        self._terms = terms
        self._patterns = patterns
        self._redactor = redactor
        self._holds = holds
        self.kept: list[str] = []
        self._held = ""
        self._seen = 0
        self._tail = ""
        self.stopped: Stopped | None = None

    def feed(self, text: str) -> str:
        """Take a piece and return the sentences that are whole now."""
        if self._is_over():
            return ""
        self._held += text
        out: list[str] = []
        while end := _end_of(self._held, self._seen):
            sentence, self._held = self._held[:end], self._held[end:]
            self._seen = 0
            out.append(self._judge(sentence))
            if self._is_over():
                break
        self._seen = max(0, len(self._held) - _MARK_LENGTH)
        return "".join(out)

    def end(self) -> str:
        """Return what was held back."""
        sentence, self._held = self._held, ""
        return self._judge(sentence) if sentence and not self._is_over() else ""

    def _is_over(self) -> bool:
        return self.stopped is not None and self._holds is None

    def _judge(self, sentence: str) -> str:
        if self.stopped is None:
            self._look_at(sentence)
        if self._is_over():
            return ""
        if self._redactor is not None:
            sentence = self._redactor.redact(sentence)
        if self._holds != "all" and self.stopped is None:
            return sentence
        self.kept.append(sentence)
        return ""

    def _look_at(self, sentence: str) -> None:
        if self._terms is not None:
            # a term that began in the sentence before has shown its beginning only
            seen = self._tail + sentence
            if (term := self._terms.find(seen)) is not None:
                self.stopped = Stopped("terms", term)
                return
            self._tail = _last_words(seen, 2 * self._terms.longest + 2)
        for name, pattern in self._patterns:
            if pattern.is_in(sentence):
                self.stopped = Stopped("patterns", name)
                return


def _last_words(text: str, length: int) -> str:
    """Return about so many of the last characters, beginning with a whole word."""
    if len(text) <= length:
        return text
    return text[-length:].partition(" ")[2]


def _end_of(text: str, seen: int) -> int:
    """Return where the first sentence of a text ends; 0: not yet, whatever follows.

    Args:
        text: what is held back.
        seen: characters in which no sentence ends, as was found before.
    """
    found = _END.search(text, seen, VERY_LONG)
    if found is not None and found.end() <= LONG:
        return found.end()
    if len(text) <= LONG:
        return 0
    pause = _PAUSE.search(text, max(LONG, seen), VERY_LONG)
    if pause is not None and (found is None or pause.end() < found.end()):
        return pause.end()
    if found is not None:
        return found.end()
    return VERY_LONG if len(text) > VERY_LONG else 0
