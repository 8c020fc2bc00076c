"""How deeply HTML may be nested: a parser's work grows with the square of it, so that is looked at before."""

import re
from collections import Counter

from medea.kernel.extraction.errors import ExtractionFailed

DEEPEST = 3000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_NESTING = frozenset(
    {
        "a", "address", "applet", "article", "aside", "b", "big", "blockquote", "center", "details", "dialog", "dir",
        "div", "dl", "em", "fieldset", "figcaption", "figure", "font", "footer", "form", "header", "hgroup", "i",
        "listing", "main", "marquee", "menu", "nav", "object", "ol", "pre", "search", "section", "small", "span",
        "strong", "summary", "table", "template", "u", "ul",
    }
)  # fmt: skip


def check_nesting(text: str, *, most_tags: int | None = None) -> None:
    """Refuse a page that would cost a parser more than any page is worth; one pass, which ends at the bound.

    An end tag counts only where an element of its name is open, as a parser passes over the others. What a parser
    reads otherwise than this (end tags within comments, say) is bounded by the number of tags.

    Args:
        text: HTML.
        most_tags: start and end tags together; None where whoever parses is bounded otherwise.

    Raises:
        ExtractionFailed: too deep, or too many tags.
    """
    depth = 0
    opened: Counter[str] = Counter()
    for number, found in enumerate(_TAG.finditer(text), start=1):
        if most_tags is not None and number > most_tags:
            raise ExtractionFailed("too_complex", "The page has more tags than any page needs to have.")
        name = found[2].lower()
        if name not in _NESTING:
            continue
        if not found[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > DEEPEST:
            raise ExtractionFailed("too_complex", "The page is nested more deeply than any page needs to be.")
