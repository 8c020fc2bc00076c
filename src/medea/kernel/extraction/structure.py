"""What a text consists of: offsets into it, in code points, in rising order.

Named tuples here and in `protocol`, because a child that reads a short file would spend more time on importing msgspec
than on the file. As JSON they are arrays.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

BlockKind = Literal["table", "code"]


class Heading(NamedTuple):
    """A heading.

    Attributes:
        at: offset of the line it stands on.
        level: 1 to 6.
        title: without the signs that make it a heading.
    """

    at: int
    level: int
    title: str


class Block(NamedTuple):
    """A part that is better kept whole: a table (its first line names the columns), or code."""

    kind: BlockKind
    start: int
    end: int


class Structure(NamedTuple):
    """Pages, headings and blocks of a text.

    Attributes:
        pages: offset at which each page begins; empty where the format has no pages.
    """

    pages: Sequence[int] = ()
    headings: Sequence[Heading] = ()
    blocks: Sequence[Block] = ()

    def as_stored(self) -> dict[str, Any]:
        """Return it as it is kept: an object, so that more can be said one day."""
        return self._asdict()


def from_stored(stored: Mapping[str, Any]) -> Structure:
    """Return what `Structure.as_stored` gave, back from JSON."""
    return Structure(
        stored["pages"],
        [Heading(*heading) for heading in stored["headings"]],
        [Block(*block) for block in stored["blocks"]],
    )


class Extraction(NamedTuple):
    """What was read of a file.

    Attributes:
        kind: what the file turned out to be.
        title: as the file itself says, if it does.
        page_count: None where the format has no pages.
        notice: what whoever uploaded it should know, though it worked.
        canonical: the address that a web page calls its own.
    """

    kind: str
    text: str
    structure: Structure
    title: str | None = None
    page_count: int | None = None
    notice: str | None = None
    canonical: str | None = None
