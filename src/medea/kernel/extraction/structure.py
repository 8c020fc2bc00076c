"""What a text consists of: offsets into it, in code points, in rising order."""

from typing import Literal

import msgspec

BlockKind = Literal["table", "code"]


class Heading(msgspec.Struct, frozen=True, array_like=True):
    """A heading.

    Attributes:
        at: offset of the line it stands on.
        level: 1 to 6.
        title: without the signs that make it a heading.
    """

    at: int
    level: int
    title: str


class Block(msgspec.Struct, frozen=True, array_like=True):
    """A part that is better kept whole: a table (its first line names the columns), or code."""

    kind: BlockKind
    start: int
    end: int


class Structure(msgspec.Struct, frozen=True):
    """Pages, headings and blocks of a text.

    Attributes:
        pages: offset at which each page begins; empty where the format has no pages.
    """

    pages: list[int] = msgspec.field(default_factory=list)
    headings: list[Heading] = msgspec.field(default_factory=list)
    blocks: list[Block] = msgspec.field(default_factory=list)


class Extraction(msgspec.Struct, frozen=True):
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
