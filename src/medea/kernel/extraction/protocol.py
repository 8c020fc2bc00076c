"""What parent and child say to each other.

The order comes through a pipe of its own, the file at the child's standard input. Answers go to its standard
output: a byte for the kind, the length as eight bytes, and that much JSON (or a PNG). The parent holds that JSON
against these types: a child may have been taken over by its file.
"""

import struct
from typing import Literal, NamedTuple

from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.structure import Extraction

PREFIX = struct.Struct(">cQ")
STEP, RESULT, PICTURE, FAILED = b"S", b"R", b"P", b"F"


class Order(NamedTuple):
    """What a child is to do with the file at its standard input.

    Attributes:
        name: of the file, as its sender called it.
        page: number of the page to draw.
        quote: to be marked on it.
        scale: of the drawing, in pixels per point.
        reader: `pypdf` where pdfium crashed.
    """

    what: Literal["extract", "draw", "sitemap"]
    limits: Limits
    name: str = ""
    media_type: str | None = None
    page: int = 0
    quote: str | None = None
    reader: str | None = None
    scale: float = 1.5


class Failed(NamedTuple):
    """Why it did not work."""

    code: str
    message: str


class Step(NamedTuple):
    """How far it is: pages done of all."""

    done: int
    total: int


class Entry(NamedTuple):
    """A page or a further sitemap that a sitemap names."""

    url: str
    changed: str | None = None


class Sitemap(NamedTuple):
    """What a sitemap names.

    Attributes:
        sitemaps: further ones, where it is an index.
    """

    pages: list[Entry]
    sitemaps: list[Entry]


__all__ = [
    "FAILED",
    "PICTURE",
    "PREFIX",
    "RESULT",
    "STEP",
    "Entry",
    "Extraction",
    "Failed",
    "Limits",
    "Order",
    "Sitemap",
    "Step",
]
