"""From the lines of printed pages to running text: without what repeats on every page, without hyphens at line ends."""

import re
from collections import Counter

from medea.kernel.extraction.writing import tidy_lines, unligate

_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_ENDS = frozenset(".!?:;…。！？؟")
_CLOSING = "\"'”’)]»"
_ITEM = re.compile(r"^(?:[-*•‣▪◦–—·]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_HYPHENED = re.compile(r"[a-zà-öø-ÿ]-")
_LONG = 0.72
"""Share of the usual length from which on a line was broken by its margin, not by its author."""
_AT_END = re.compile(r"^(\d{1,5})(?=\s|$)|(?<=\s)(\d{1,5})$")
_NUMBERED = 0.5
"""Share of the pages that must bear the number that their place makes likely."""
_EMPTIED = 0.2
"""Share of the pages that may hold nothing but what repeats: a book has a few."""
_LONGEST_EDGE = 120
_EDGE = 3  # lines at the top and at the bottom of a page among which repeated ones are looked for
_LEAST_PAGES = 4


def split_lines(text: str) -> list[str]:
    """Return the lines of a page, tidied; pdfium marks a hyphen that it took out with U+0002 or U+FFFE."""
    text = text.replace("\x02", "").replace("\ufffe", "").replace("\u00ad\r\n", "").replace("\u00ad", "")
    return tidy_lines(unligate(text))


def drop_repeated(pages: list[list[str]]) -> None:
    """Take running headers and footers out of pages: lines at their edges that most pages near them share."""
    if len(pages) < _LEAST_PAGES:
        return
    offset = _numbering(pages)
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_form(line) for line in _edges(lines)})
    least = max(_LEAST_PAGES, len(pages) // 4)
    repeated = {form for form, count in seen.items() if form and count >= least}
    stripped = [
        _without_edges(lines, repeated, None if offset is None else page + offset) for page, lines in enumerate(pages)
    ]
    emptied = sum(any(lines) and not any(kept) for lines, kept in zip(pages, stripped, strict=True))
    if emptied > len(pages) * _EMPTIED:  # then these lines are what the pages say
        return
    for lines, kept in zip(pages, stripped, strict=True):
        lines[:] = kept


def _without_edges(lines: list[str], repeated: set[str], number: int | None) -> list[str]:
    def kept(edge: list[str]) -> list[str]:
        return [line for line in edge if not (_form(line) in repeated or _is_number(line) or number in _ends(line))]

    if len(lines) <= 2 * _EDGE:
        return kept(lines)
    return [*kept(lines[:_EDGE]), *lines[_EDGE:-_EDGE], *kept(lines[-_EDGE:])]


def _numbering(pages: list[list[str]]) -> int | None:
    """Return what is added to a page's place to get the number printed on it; None where none is."""
    seen: Counter[int] = Counter()
    for page, lines in enumerate(pages):
        seen.update({number - page for line in _edges(lines) for number in _ends(line)})
    if not seen:
        return None
    offset, count = seen.most_common(1)[0]
    return offset if count >= max(_LEAST_PAGES, len(pages) * _NUMBERED) else None


def _ends(line: str) -> set[int]:
    """Return the numbers at the beginning and at the end of a line."""
    if len(line) > _LONGEST_EDGE:
        return set()
    return {int(first or last) for first, last in _AT_END.findall(line)}


def _edges(lines: list[str]) -> list[str]:
    return lines[:_EDGE] + lines[-_EDGE:]


def _form(line: str) -> str:
    return line.strip().casefold()


def _is_number(line: str) -> bool:
    return bool(line) and _DIGITS.sub("", line).strip(" -–—|.") == ""


def usual_length(pages: list[list[str]]) -> int:
    """Return how long full lines are: what one in ten exceeds."""
    lengths = sorted(len(line) for lines in pages for line in lines if line)
    return lengths[len(lengths) * 9 // 10] if lengths else 80


def join_lines(lines: list[str], usual: int) -> list[str]:
    """Put lines together to paragraphs, or leave them as lines where their author broke them."""
    found: list[str] = []
    is_open = False  # whether the last paragraph goes on
    for line in lines:
        if not line:
            is_open = False
            continue
        if found and is_open and not _ITEM.match(line):
            before = found[-1]
            if _HYPHENED.fullmatch(before[-2:]) and line[0].islower():
                found[-1] = before[:-1] + line
            else:
                found[-1] = f"{before} {line}"
        else:
            found.append(line)
        is_open = len(line) >= usual * _LONG or (len(line) >= usual * 0.5 and not ends_sentence(line))
    return found


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends where a sentence may."""
    return text.rstrip().rstrip(_CLOSING)[-1:] in _ENDS
