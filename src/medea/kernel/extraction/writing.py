"""Puts a canonical text together while a reader goes through a file."""

import re
import unicodedata

from medea.kernel.characters import clean_text
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.structure import Block, BlockKind, Heading, Structure

MAX_TITLE = 300
MAX_HEADINGS = 20_000
MAX_BLOCKS = 50_000
_BLANK = r" \t\u00a0\u2000-\u200a\u202f\u205f\u3000"
_SPACES = re.compile(f"[{_BLANK}]{{2,}}|[{_BLANK[1:]}]")  # what is a single space already stays
_LIGATURES = re.compile("[\ufb00-\ufb4f\u0132\u0133\u01c4-\u01cc]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff\ufffe\uffff\ud800-\udfff]")


def tidy_line(text: str) -> str:
    """Return text on one line, with single spaces and no control characters."""
    return _SPACES.sub(" ", _CONTROLS.sub("", text.replace("\n", " "))).strip()


def tidy_lines(text: str) -> list[str]:
    """Return the lines of a text, each as `tidy_line` leaves it; in one go, which takes a third of the time."""
    return [line.strip() for line in _SPACES.sub(" ", _CONTROLS.sub("", text)).split("\n")]


def tidy_text(text: str) -> str:
    """Return text that can be stored, with line feeds as the only line ends."""
    return clean_text(text.replace("\r\n", "\n").replace("\r", "\n"))


def unligate(text: str) -> str:
    """Take ligatures apart (`ﬁ`), which fonts put together and nobody searches for."""
    if text.isascii():
        return text
    return _LIGATURES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


class TextWriter:
    """Collects paragraphs, headings, tables and code.

    Args:
        max_chars: of the whole text.
    """

    def __init__(self, max_chars: int) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._max = max_chars
        self._pages: list[int] = []
        self._headings: list[Heading] = []
        self._blocks: list[Block] = []

    @property
    def length(self) -> int:
        """Characters until now."""
        return self._length

    def page(self) -> None:
        """Begin a page."""
        self._pages.append(self._length)

    def paragraph(self, text: str, *, end: str = "\n\n") -> None:
        """Add a paragraph; blank ones are left out."""
        if text.strip():
            self._add(text.strip("\n").rstrip() + end)

    def gap(self) -> None:
        """See that a blank line parts what follows from what stands before."""
        if self._parts and not self._parts[-1].endswith("\n\n"):
            self._add("\n")

    def heading(self, title: str, level: int) -> None:
        """Add a heading on a line of its own."""
        title = tidy_line(title).rstrip("¶ ")  # the sign of a link to the heading itself
        if title:
            if len(self._headings) < MAX_HEADINGS:
                self.gap()
                self._headings.append(Heading(self._length, min(max(level, 1), 6), title[:MAX_TITLE]))
            self._add(title + "\n\n")

    def mark_heading(self, at: int, title: str, level: int) -> None:
        """Say that what stands at an offset is a heading; call it in the order of offsets."""
        if len(self._headings) < MAX_HEADINGS:
            self._headings.append(Heading(at, min(max(level, 1), 6), tidy_line(title)[:MAX_TITLE]))

    def block(self, text: str, kind: BlockKind) -> None:
        """Add a table or code."""
        text = text.strip("\n").rstrip()
        if text.strip():
            self.gap()
            if len(self._blocks) < MAX_BLOCKS:
                self._blocks.append(Block(kind, self._length, self._length + len(text)))
            self._add(text + "\n\n")

    def table(self, rows: list[list[str]]) -> None:
        """Add a table, a line a row; columns that are empty throughout are left out."""
        width = max((len(row) for row in rows), default=0)
        used = [n for n in range(width) if any(n < len(row) and row[n].strip() for row in rows)]
        lines = []
        for row in rows:
            cells = [tidy_line(row[n]).replace("|", "/") if n < len(row) else "" for n in used]
            if any(cells):
                lines.append("| " + " | ".join(cells) + " |")
        self.block("\n".join(lines), "table")

    def finish(self) -> tuple[str, Structure]:
        """Return the text and its structure."""
        text = "".join(self._parts)
        return text, Structure(self._pages, self._headings, self._blocks)

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > self._max:
            raise ExtractionFailed(
                "text_too_long",
                f"The text has more than {self._max / 1e6:g} million characters. Split the document into parts.",
            )
        self._parts.append(text)
