"""Markdown and plain text: the text stays as it is; headings, tables and code in it are found.

CommonMark 0.31 as far as it says what a heading, fenced code or (as GitHub has it) a table is. Plain text with
none of these has no structure, and loses nothing by being looked at.
"""

import re

from medea.kernel.extraction.structure import Block, Extraction, Heading, Structure
from medea.kernel.extraction.writing import MAX_BLOCKS, MAX_HEADINGS, MAX_TITLE, tidy_line, tidy_text

_SIGN = re.compile(
    r"^(?P<fence> {0,3}(?P<ticks>`{3,}|~{3,})[^`\n]*$)"
    r"|^ {0,3}(?P<hashes>#{1,6})[ \t]+(?P<title>[^\n]*?)[ \t]*#*[ \t]*$"
    r"|^(?P<above>[^\s|#>*+`~<-][^\n|]{0,200})\n {0,3}(?P<line>=+|-{3,})[ \t]*$"
    r"|^(?P<table>[ \t]*\|?[^\n|]*\|[^\n]*)\n[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$",
    re.MULTILINE,
)
_INLINE = re.compile(r"\*\*|__|`|\[([^\]\n]*)\]\([^)\n]*\)|\{#[^}\n]*\}")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def read_markdown(text: str) -> Extraction:
    """Find the structure of a text."""
    text = tidy_text(text)
    headings: list[Heading] = []
    blocks: list[Block] = []
    front = _FRONT_MATTER.match(text)
    at = front.end() if front else 0
    while found := _SIGN.search(text, at):
        at = max(found.end(), at + 1)
        if found["fence"]:
            end = _end_of_code(text, found)
            _add(blocks, Block("code", found.start(), end))
            at = end
        elif found["table"] is not None:
            end = _end_of_table(text, found.end())
            _add(blocks, Block("table", found.start("table"), end))
            at = max(end, at)
        elif len(headings) < MAX_HEADINGS:
            level = len(found["hashes"]) if found["hashes"] else (1 if found["line"].startswith("=") else 2)
            title = tidy_line(_INLINE.sub(r"\1", found["title"] or found["above"] or ""))[:MAX_TITLE]
            if title:
                headings.append(Heading(found.start(), level, title))
    return Extraction("markdown", text, Structure([], headings, blocks), title=headings[0].title if headings else None)


def _add(blocks: list[Block], block: Block) -> None:
    if len(blocks) < MAX_BLOCKS:
        blocks.append(block)


def _end_of_code(text: str, opened: re.Match[str]) -> int:
    ticks = opened["ticks"]
    closing = re.compile(rf"^ {{0,3}}{re.escape(ticks[0])}{{{len(ticks)},}}[ \t]*$", re.MULTILINE)
    found = closing.search(text, opened.end())
    return found.end() if found else len(text)


def _end_of_table(text: str, at: int) -> int:
    while at < len(text):
        line_end = text.find("\n", at + 1)
        line_end = len(text) if line_end < 0 else line_end
        if "|" not in text[at + 1 : line_end]:
            break
        at = line_end
    return at
