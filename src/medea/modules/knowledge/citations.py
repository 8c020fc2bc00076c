"""Whether an answer stands on what it was given: its sentences are held against the passages. Pure.

A sentence is supported when a short stretch of a passage holds most of what the sentence says: its words by
their stems, rare ones counting for more, and every number in it. That is a test of words, not of meaning: it
finds what was made up and what was cited from the wrong place, and it errs on the side of asking for support.
Across languages words tell nothing, so such answers are left unchecked.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from medea.modules.knowledge.index.analysis import analyse
from medea.modules.knowledge.index.languages import detect_language

ENOUGH = 0.5
"""Share of a sentence's weight that a stretch must hold."""
_LEAST_TERMS = 3
"""A shorter sentence says too little to need support."""
_STRETCH = 3
"""Sentences of a passage that are held against one of the answer."""
_QUOTE_LENGTH = 320

_LONGEST = 20_000
"""Characters of an answer that are checked: what comes behind is neither supported nor marked."""

# Texts are models' and strangers': each pattern takes time in proportion to the text, whatever it holds.
_MARKS = regex.compile(r"(?<!\s)\s*+((?:\[\d{1,2}\](?:\s*+,\s*+)?)+)")
_MARK = regex.compile(r"\[(\d{1,2})\]")
_END = regex.compile(r"(?<=[.!?。！？…][\"'”’»)\]]?(?:\[\d{1,2}\]){0,4})\s+|\n+|(?<=[。！？])")
_NUMBER = regex.compile(r"\d+(?:[.,:]\d+)*")
_NO_CLAIM = regex.compile(r"```.*?(?:```|\Z)|^\*[^*\n]+\*$", regex.DOTALL | regex.MULTILINE)
"""Code, and a paragraph wholly in italics: an aside about the answer."""
_NOT_FOUND = regex.compile(
    r"\b(?:nothing about|not? (?:find|found|contain|have|know|mention)|(?:can|could|did|do|does)(?:n['’]t| not) "
    r"(?:find|contain|have|know|mention|say|cover)|no (?:information|answer|mention)|unable to (?:find|answer)"
    r"|(?:keine?|nichts?) (?:\w+ ){0,4}(?:gefunden|finden|information(?:en)?|angaben?|antwort)|nichts (?:dazu|darüber)"
    r"|no (?:he )?encontr\w+|no tengo|ninguna información|aucune information|n['’]ai (?:pas|rien) trouvé"
    r"|non ho trovato|não encontrei|niets gevonden|ничего не наш)",
    regex.IGNORECASE,
)
"""How an answer says that it has none, which needs no support."""
_BULLET = regex.compile(r"^[\s\-*•>#]+|^\s*\d{1,2}[.)]\s+")


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence of the answer and the place in a passage that supports it.

    Attributes:
        number: of the passage, from 1.
        quote: the stretch, word for word as it stands in the passage.
        char_from: its offset in the passage, in code points.
        char_to: behind its last character.
    """

    number: int
    quote: str
    char_from: int
    char_to: int


@dataclass(frozen=True, slots=True)
class Support:
    """How an answer stands on its passages.

    Attributes:
        citations: the best for each passage that supports a sentence which cites it, by number.
        supported: share of the sentences that need support and have it, 0 to 1; None: nothing to check, or
            the answer is in another language than the passages.
        unsupported: sentences without support, as ranges of the answer in UTF-16 code units (what browsers
            count in).
        says_not_found: whether it says of itself that it found no answer.
    """

    citations: tuple[Citation, ...] = ()
    supported: float | None = None
    unsupported: tuple[tuple[int, int], ...] = ()
    says_not_found: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether it stands on a passage, or claims nothing and does not say that it found nothing."""
        if self.citations or self.supported:
            return True
        return self.supported is None and not self.says_not_found


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    number: int
    start: int
    end: int
    terms: frozenset[int]
    numbers: frozenset[str]


def check_support(answer: str, passages: Sequence[str]) -> Support:
    """Hold an answer against the passages it was given.

    Args:
        answer: text with marks like `[1]`, which name passages by their place from 1.
        passages: their texts.
    """
    answer = answer[:_LONGEST]
    says_not_found = _NOT_FOUND.search(answer) is not None
    if not passages or not answer.strip():
        return Support(says_not_found=says_not_found)
    language = detect_language(" ".join(passages))
    spoken = detect_language(_MARK.sub("", answer))
    if language is not None and spoken is not None and language != spoken:
        return Support(_cited_blindly(answer, passages), says_not_found=says_not_found)
    stretches = [stretch for number, text in enumerate(passages, 1) for stretch in _stretches(number, text, language)]
    weights = _weights(stretches)
    best: dict[int, tuple[float, _Stretch]] = {}
    checked, missing = 0, list[_Span]()
    for sentence, cited in _sentences(answer):
        terms = set(analyse(sentence.text, language))
        if len(terms) < _LEAST_TERMS or _needs_none(sentence.text, cited):
            continue
        checked += 1
        numbers = frozenset(_NUMBER.findall(unicodedata.normalize("NFKC", sentence.text)))
        found = _best(terms, numbers, [s for s in stretches if not cited or s.number in cited], weights)
        if found is None or found[0] < ENOUGH:
            missing.append(sentence)
            continue
        number = found[1].number
        if number in cited and (number not in best or found[0] > best[number][0]):
            best[number] = found
    return Support(
        citations=tuple(_quoted(stretch, passages[number - 1]) for number, (_, stretch) in sorted(best.items())),
        supported=None if checked == 0 else (checked - len(missing)) / checked,
        unsupported=tuple(_utf16(answer, missing)),
        says_not_found=says_not_found,
    )


def _needs_none(sentence: str, cited: frozenset[int]) -> bool:
    return sentence.rstrip().endswith(("?", "？", "؟")) or (not cited and _NOT_FOUND.search(sentence) is not None)


def find_quote(question: str, passage: str) -> Citation:
    """Return the stretch of a passage that fits a question best; its beginning where none does.

    Args:
        question: what was asked.
        passage: its text; the citation's number is 1.
    """
    language = detect_language(passage)
    stretches = _stretches(1, passage, language)
    found = _best(set(analyse(question, language)), frozenset(), stretches, _weights(stretches))
    return _quoted(found[1] if found else _Stretch(1, 0, len(passage), frozenset(), frozenset()), passage)


def _best(
    terms: set[int], numbers: frozenset[str], stretches: Iterable[_Stretch], weights: dict[int, float]
) -> tuple[float, _Stretch] | None:
    """Return the stretch that holds most of the terms, among equals the shortest, or None."""
    total = sum(weights.get(term, weights[0]) for term in terms)
    best: tuple[float, int, _Stretch] | None = None
    for stretch in stretches:
        shared = terms & stretch.terms
        if not shared or not numbers <= stretch.numbers:
            continue
        score = sum(weights[term] for term in shared) / total
        length = stretch.end - stretch.start
        if best is None or (score, -length) > (best[0], -best[1]):
            best = score, length, stretch
    return None if best is None else (best[0], best[2])


def _weights(stretches: Sequence[_Stretch]) -> dict[int, float]:
    """Return the inverse document frequency of each term over the stretches; under 0, of one that none has."""
    seen = Counter(term for stretch in stretches for term in stretch.terms)
    count = len(stretches)
    weights = {term: math.log(1 + (count + 1) / (times + 0.5)) for term, times in seen.items()}
    return weights | {0: math.log(1 + (count + 1) / 0.5)}


def _stretches(number: int, text: str, language: str | None) -> list[_Stretch]:
    """Return every run of one to three sentences of a passage."""
    parts = _split(text)
    known = [
        (set(analyse(part.text, language)), set(_NUMBER.findall(unicodedata.normalize("NFKC", part.text))))
        for part in parts
    ]
    made: list[_Stretch] = []
    for first in range(len(parts)):
        terms: set[int] = set()
        numbers: set[str] = set()
        for last in range(first, min(first + _STRETCH, len(parts))):
            terms |= known[last][0]
            numbers |= known[last][1]
            made.append(_Stretch(number, parts[first].start, parts[last].end, frozenset(terms), frozenset(numbers)))
    return made


def _split(text: str) -> list[_Span]:
    spans: list[_Span] = []
    start = 0
    for end, after in [*((found.start(), found.end()) for found in _END.finditer(text)), (len(text), len(text))]:
        part = text[start:end]
        if part.strip():
            lead = len(part) - len(part.lstrip())
            spans.append(_Span(start + lead, start + len(part.rstrip()), part.strip()))
        start = after
    return spans


def _sentences(answer: str) -> list[tuple[_Span, frozenset[int]]]:
    """Return the sentences of an answer without bullets and marks, and the numbers each cites.

    Marks before the full stop and after it both belong to the sentence; code is no claim.
    """
    hidden = _NO_CLAIM.sub(lambda found: "\n" * len(found.group()), answer)
    found: list[tuple[_Span, frozenset[int]]] = []
    for span in _split(hidden):
        lead = _MARKS.match(span.text)
        if lead and found:  # marks behind the stop of the sentence before
            before, cited = found[-1]
            found[-1] = before, cited | _numbers(lead.group())
            span = _Span(span.start + lead.end(), span.end, span.text[lead.end() :])  # noqa: PLW2901
        bullet = _BULLET.match(span.text)
        start = span.start + (bullet.end() if bullet else 0)
        words = _MARKS.sub("", span.text[start - span.start :]).strip()
        if words:
            found.append((_Span(start, span.end, words), _numbers(span.text)))
    return found


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(number) for number in _MARK.findall(text))


def _quoted(stretch: _Stretch, passage: str) -> Citation:
    end = min(stretch.end, stretch.start + _QUOTE_LENGTH)
    if end < stretch.end and (space := passage.rfind(" ", stretch.start, end)) > stretch.start:
        end = space
    return Citation(stretch.number, passage[stretch.start : end], stretch.start, end)


def _cited_blindly(answer: str, passages: Sequence[str]) -> tuple[Citation, ...]:
    """Return what an answer in another language cites, by the beginnings of the passages."""
    cited = sorted(_numbers(answer))
    whole = (
        (n, _Stretch(n, 0, len(passages[n - 1]), frozenset(), frozenset())) for n in cited if 0 < n <= len(passages)
    )
    return tuple(_quoted(stretch, passages[number - 1]) for number, stretch in whole)


def _utf16(text: str, spans: Iterable[_Span]) -> list[tuple[int, int]]:
    if text.isascii():
        return [(span.start, span.end) for span in spans]
    return [(_units(text[: span.start]), _units(text[: span.end])) for span in spans]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
