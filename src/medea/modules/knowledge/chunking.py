"""Cuts a text into chunks: by headings, paragraphs and sentences, without overlap, at exact offsets.

Sizes are estimated, because counting with a model's tokenizer costs a hundred times what cutting does: a token is
four ASCII letters, two digits or signs, or 1.3 other letters (measured on MiniLM's and GPT's tokenizers). A chunk's
text is the text from `char_from` to `char_to`, nothing more; the columns of a table that does not fit one chunk
go into the heading path of the others.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from medea.kernel.extraction.structure import Block, Heading, Structure
from medea.modules.knowledge.values import ChunkDraft

MAXIMUM = 1.28
"""Hard limit of a chunk in units of its target: 256 tokens of 200, the window of small embedding models."""
FULL_ENOUGH = 0.35
"""From this share of the target on, a heading of level 1 to 3 begins another chunk."""
PARTING_LEVEL = 3
_HALF = 0.55
_SHORT = 0.2
_SHOWN_COLUMNS = 200

_BLANK = re.compile(r"\n[ \t\r\f\v]*\n\s*")
_SENTENCE = re.compile(
    r"[.!?…؟۔।]+[\"'”’)\]»]*\s+(?![a-z])"  # an abbreviation is mostly followed by a small letter
    r"|[。！？；]+[”’」』）]*\s*"
    r"|\n(?=[ \t]*(?:[-*+•‣–|]|\d{1,3}[.)])[ \t])"  # list items and rows
)
_LINE = re.compile(r"\n+")
_WORD = re.compile(r"\s+")
_LETTERS = bytes(range(65, 91)) + bytes(range(97, 123))
_SPACES = b" \n\t\r\f\v"


def count_tokens(text: str) -> int:
    """Estimate how many tokens a text has."""
    return -(-_weight(text) // 52)


def _weight(text: str) -> int:
    """Return the estimate in 52nds of a token, so that sums are exact."""
    plain = text.encode("ascii", "ignore")
    others = len(text) - len(plain)
    dense = plain.translate(None, _SPACES)
    signs = len(dense.translate(None, _LETTERS))
    return (len(dense) - signs) * 13 + signs * 26 + others * 40


@dataclass(slots=True)
class _Piece:
    """A part of the text that is not divided further.

    Attributes:
        weight: estimated length.
        level: of the heading that begins here; 0: none does.
        columns: of the table that this is a later part of.
        is_start: begins a paragraph.
    """

    start: int
    end: int
    weight: int
    level: int = 0
    columns: str | None = None
    is_start: bool = True


def chunk_text(text: str, structure: Structure, *, target: int) -> list[ChunkDraft]:
    """Cut a text.

    Args:
        text: whole.
        structure: what it consists of.
        target: length of a chunk in tokens; none is longer than `MAXIMUM` times that.

    Returns:
        Chunks in order, which hold everything but blanks between them. A text no longer than one stays whole.
    """
    limit = int(target * MAXIMUM) * 52
    if not text.strip():
        return []
    if _weight(text) <= limit:
        pieces = [_Piece(0, len(text), _weight(text))]
        groups = [pieces]
    else:
        pieces = list(_pieces(text, structure, limit))
        groups = list(_pack(pieces, target * 52, limit))
    places = _Places(structure)
    return [places.draft(text, group) for group in groups]


def _pieces(text: str, structure: Structure, limit: int) -> Iterator[_Piece]:
    levels = {heading.at: heading.level for heading in structure.headings}
    for start, end, block in _paragraphs(text, structure):
        weight = _weight(text[start:end])
        if not weight:  # blanks
            continue
        level = levels.get(start, 0)
        if weight <= limit:
            yield _Piece(start, end, weight, level)
        elif block is not None:
            columns = _columns(text, block)
            for number, (a, b) in enumerate(_split(text, start, end, limit, (_LINE, _WORD))):
                yield _Piece(a, b, _weight(text[a:b]), columns=columns if number else None, is_start=not number)
        else:
            for number, (a, b) in enumerate(_split(text, start, end, limit, (_SENTENCE, _LINE, _WORD))):
                yield _Piece(a, b, _weight(text[a:b]), 0 if number else level, is_start=not number)


def _paragraphs(text: str, structure: Structure) -> Iterator[tuple[int, int, Block | None]]:
    """Yield the parts between blank lines; headings, tables and code are parts of their own."""
    cuts = {0, len(text)}
    cuts.update(found.end() for found in _BLANK.finditer(text))
    inside: list[Block] = [block for block in structure.blocks if block.end > block.start]
    starts = {block.start: block for block in inside}
    ordered = sorted(cuts)
    for block in inside:  # no cut inside a block but at its ends
        low, high = bisect_right(ordered, block.start), bisect_left(ordered, block.end)
        cuts.difference_update(ordered[low:high])
        cuts.update((block.start, block.end))
    for heading in structure.headings:
        cuts.add(heading.at)
        line_end = text.find("\n", heading.at)
        cuts.add(len(text) if line_end < 0 else line_end + 1)
    for start, end in pairwise(sorted(cuts)):
        yield start, end, starts.get(start)


def _columns(text: str, block: Block) -> str | None:
    if block.kind != "table":
        return None
    line_end = text.find("\n", block.start, block.end)
    line = text[block.start : block.end if line_end < 0 else line_end]
    return " | ".join(cell.strip() for cell in line.strip().strip("|").split("|"))[:_SHOWN_COLUMNS] or None


def _split(
    text: str, start: int, end: int, limit: int, boundaries: Sequence[re.Pattern[str]]
) -> Iterator[tuple[int, int]]:
    """Divide a part at the coarsest boundaries that make its parts fit; where none does, between characters."""
    if not boundaries:
        yield from _hard(text, start, end, limit)
        return
    at = start
    for found in [*(match.end() for match in boundaries[0].finditer(text, start, end)), end]:
        if found <= at:
            continue
        if _weight(text[at:found]) <= limit:
            yield at, found
        else:
            yield from _split(text, at, found, limit, boundaries[1:])
        at = found


def _hard(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """Divide what has no boundary at all, such as a page of Thai or a line of base64."""
    step = max(1, limit // 40)
    while start < end:
        stop = min(end, start + step)
        while start + 1 < stop < end and _is_joined(text[stop]):
            stop -= 1
        yield start, stop
        start = stop


def _is_joined(character: str) -> bool:
    return character == "\u200d" or unicodedata.category(character).startswith("M")


def _pack(pieces: Sequence[_Piece], target: int, limit: int) -> Iterator[list[_Piece]]:
    """Put pieces together to chunks, in order."""
    group: list[_Piece] = []
    weight = 0
    for number, piece in enumerate(pieces):
        if group and _parts(group, weight, piece, pieces, number, target, limit):
            kept = len(group)
            while kept > 1 and group[kept - 1].level:  # a heading goes with what follows it
                kept -= 1
            if kept == 1 and group[0].level and weight + piece.weight <= limit:
                kept = 0
            if kept:
                yield group[:kept]
                group = group[kept:]
                weight = sum(one.weight for one in group)
                if group and weight + piece.weight > limit:
                    yield group
                    group, weight = [], 0
        group.append(piece)
        weight += piece.weight
    if group:
        yield group


def _parts(
    group: list[_Piece], weight: int, piece: _Piece, pieces: Sequence[_Piece], number: int, target: int, limit: int
) -> bool:
    """Tell whether a piece begins another chunk."""
    after = weight + piece.weight
    if after > limit:
        return True
    if piece.columns is not None and group[-1].columns is None and weight >= target * _HALF:
        return True
    if 0 < piece.level <= PARTING_LEVEL:
        return weight >= target * FULL_ENOUGH
    if after <= target:
        return False
    if weight < target * _HALF:
        return False
    # it would pass the target: only the little that ends a text or section is still taken along
    following = pieces[number + 1] if number + 1 < len(pieces) else None
    is_last = following is None or 0 < following.level <= PARTING_LEVEL
    return not (is_last and piece.weight <= target * _SHORT)


class _Places:
    """Finds the headings and pages of offsets."""

    def __init__(self, structure: Structure) -> None:
        self._pages = structure.pages
        self._starts = [heading.at for heading in structure.headings]
        self._paths = list(_paths(structure.headings))

    def draft(self, text: str, group: Sequence[_Piece]) -> ChunkDraft:
        """Make the chunk of some pieces."""
        start, end = group[0].start, group[-1].end
        body = text[start:end]
        start += len(body) - len(body.lstrip())
        body = body.strip()
        end = start + len(body)
        # under the headings that it begins with, too
        first = next((piece.start for piece in group if not piece.level), group[-1].start)
        path = self._path(max(start, first))
        if group[0].columns is not None:
            path = (*path, group[0].columns)
        page_from, page_to = self._page(start), self._page(max(start, end - 1))
        return ChunkDraft(body, path, page_from, page_to, start, end, count_tokens(body))

    def _path(self, offset: int) -> tuple[str, ...]:
        number = bisect_right(self._starts, offset)
        return self._paths[number - 1] if number else ()

    def _page(self, offset: int) -> int | None:
        return max(1, bisect_right(self._pages, offset)) if self._pages else None


def _paths(headings: Sequence[Heading]) -> Iterator[tuple[str, ...]]:
    above: list[Heading] = []
    for heading in headings:
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        yield tuple(one.title for one in above)
