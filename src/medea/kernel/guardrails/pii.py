"""Personal data in text: e-mail addresses, telephone numbers, payment cards, bank accounts, and what a tenant adds.

Every scan is linear: no pattern here has two ways to match the same characters.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate

from medea.kernel.guardrails.iban import find_ibans
from medea.kernel.guardrails.patterns import Pattern
from medea.kernel.guardrails.rules import PiiRules

Span = tuple[int, int]
Finder = Callable[[str], Iterator[Span]]

_EMAIL = re.compile(r"[\w.%+\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_GAP = r"[ ().\-/\u00a0\u2011]{0,2}"
_NUMBER = (
    rf"(?:(?:\+|00)[1-9](?:{_GAP}[0-9]){{6,13}}"  # international
    rf"|\(?0[1-9](?:{_GAP}[0-9]){{5,12}}"  # with a trunk prefix, as most of Europe writes it
    r"|\(?[2-9][0-9]{2}(?:\) ?|[ .\-])[0-9]{3}[ .\-][0-9]{4})(?![0-9])"  # North America
)
_PHONE = re.compile(rf"(?<![\w+]){_NUMBER}")
_NEXT_PHONE = re.compile(_NUMBER)
"""Right behind another one: where that is hidden, nothing stands before it."""
_DIGITS = re.compile(r"[0-9][^a-zA-Z]{0,2}[0-9]")
"""Without this there is neither a telephone number nor a card: most sentences are done with in one glance."""
_DATE = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}")
_CARD_RUN = re.compile(r"(?<![0-9])[0-9](?:[ \-]?[0-9]){12,}")
_GROUP = re.compile(r"[0-9]+")
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
CARD_DIGITS = range(13, 20)
"""ISO/IEC 7812: account numbers of payment cards have up to 19 digits; those in use at least 13."""


def find_emails(text: str) -> Iterator[Span]:
    """Yield where addresses are."""
    if "@" in text:
        yield from (match.span() for match in _EMAIL.finditer(text))


def find_phones(text: str) -> Iterator[Span]:
    """Yield where telephone numbers are: international, with a leading zero, or written the North American way."""
    match = _PHONE.search(text) if _DIGITS.search(text) else None
    while match is not None:
        end, follows = match.end(), None
        if not _DATE.fullmatch(match[0].strip("( )")):
            yield match.span()
            follows = _NEXT_PHONE.match(text, end)
        match = follows or _PHONE.search(text, end)


def find_cards(text: str) -> Iterator[Span]:
    """Yield where card numbers are: 13 to 19 digits, in groups or not, that pass Luhn's check."""
    for run in _CARD_RUN.finditer(text) if _DIGITS.search(text) else ():
        groups = [(run.start() + group.start(), run.start() + group.end()) for group in _GROUP.finditer(run[0])]
        ends = list(accumulate((end - start for start, end in groups), initial=0))
        sums = _luhn_sums([int(sign) for sign in run[0] if sign not in " -"])
        place = 0
        while place < len(groups):
            last = _longest_card(ends, sums, place)
            if last is not None:
                yield groups[place][0], groups[last][1]
                place = last
            place += 1


def _luhn_sums(digits: list[int]) -> tuple[list[int], list[int]]:
    """Return Luhn's sums up to each digit: those at even places as they are and the others doubled, and vice versa."""
    doubled = [_DOUBLED[digit] for digit in digits]
    at_even = [twice if place % 2 else once for place, (once, twice) in enumerate(zip(digits, doubled, strict=True))]
    at_odd = [once if place % 2 else twice for place, (once, twice) in enumerate(zip(digits, doubled, strict=True))]
    return list(accumulate(at_even, initial=0)), list(accumulate(at_odd, initial=0))


def _longest_card(ends: list[int], sums: tuple[list[int], list[int]], first: int) -> int | None:
    """Return the last group of the longest card number that begins with a group.

    Args:
        ends: how many digits there are before each group, and in all.
        sums: of Luhn: each candidate takes one subtraction (ISO/IEC 7812-1, annex B).
        first: the group.
    """
    begin, found = ends[first], None
    for place in range(first, len(ends) - 1):
        end = ends[place + 1]
        if end - begin >= CARD_DIGITS.stop:
            break
        of_last = sums[(end - 1) % 2]
        if end - begin in CARD_DIGITS and (of_last[end] - of_last[begin]) % 10 == 0:
            found = place
    return found


_FINDERS: dict[str, Finder] = {"email": find_emails, "iban": find_ibans, "card": find_cards, "phone": find_phones}


@lru_cache(maxsize=32)
def finders_of(rules: PiiRules) -> tuple[tuple[str, Finder], ...]:
    """Return what is looked for, by the name of its placeholders, in order: what one finds, the next does not see.

    Raises:
        PatternRefusedError: a pattern is none.
    """
    own = tuple((named.name, Pattern(named.pattern).find) for named in rules.patterns)
    return own + tuple((kind, finder) for kind, finder in _FINDERS.items() if kind in rules.kinds)
