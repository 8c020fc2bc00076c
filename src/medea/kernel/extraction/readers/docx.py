"""DOCX (ECMA-376, WordprocessingML): headings, lists, tables, footnotes, in the order of the text."""

import re
from collections.abc import Iterator
from typing import Any

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.readers.archive import Archive
from medea.kernel.extraction.structure import Extraction
from medea.kernel.extraction.writing import TextWriter, tidy_line, tidy_text

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|titolo|kop|rubrik)\s*([1-9])", re.IGNORECASE)
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_MC}Fallback", f"{_W}pPr", f"{_W}rPr"}
_NO_LEVEL = 9


def read_docx(archive: Archive, limits: Limits) -> Extraction:
    """Read a document.

    Raises:
        ExtractionFailed: damaged, or made to do harm.
    """
    main = next((name for name in archive.names if re.fullmatch(r"word/document\d*\.xml", name)), None)
    if main is None:
        raise ExtractionFailed("damaged", "The file lacks its text; save it anew and upload that.")
    reader = _Reader(_heading_styles(archive), TextWriter(limits.chars))
    for element in archive.top_elements(main, f"{_W}body"):
        reader.block(element)
    reader.footnotes(archive)
    text, structure = reader.writer.finish()
    return Extraction("docx", text, structure, title=title_of(archive))


def title_of(archive: Archive) -> str | None:
    """Return the title in an Office file's properties."""
    for element in archive.elements("docProps/core.xml", f"{_DC}title"):
        return tidy_line(element.text or "") or None
    return None


def _heading_styles(archive: Archive) -> dict[str, int]:
    """Return the levels of heading styles by their ids: by outline level, or by name."""
    levels: dict[str, int] = {}
    based: dict[str, str] = {}
    for style in archive.elements("word/styles.xml", f"{_W}style"):
        style_id = style.get(f"{_W}styleId") or ""
        name = _value(style, f"{_W}name") or ""
        outline = _value(style, f"{_W}pPr/{_W}outlineLvl")
        if found := _HEADING.match(name):
            levels[style_id] = int(found[1])
        elif name.lower() == "title":
            levels[style_id] = 1
        elif outline is not None and outline.isdigit() and int(outline) < _NO_LEVEL:
            levels[style_id] = int(outline) + 1
        elif parent := _value(style, f"{_W}basedOn"):
            based[style_id] = parent
    for style_id, parent in based.items():
        if parent in levels:
            levels[style_id] = levels[parent]
    return levels


def _value(element: Any, path: str) -> str | None:
    found = element.find(path)
    value: str | None = None if found is None else found.get(f"{_W}val")
    return value


class _Reader:
    """Writes blocks down."""

    def __init__(self, styles: dict[str, int], writer: TextWriter) -> None:
        self.writer = writer
        self._styles = styles
        self._notes: list[str] = []

    def block(self, element: Any) -> None:
        """Write a paragraph, a table, or what a container holds."""
        if element.tag == f"{_W}p":
            self._paragraph(element)
        elif element.tag == f"{_W}tbl":
            self.writer.table([[self._cell(cell) for cell in _cells(row)] for row in _rows(element)])
        elif element.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"}:
            for child in element:
                self.block(child)

    def _paragraph(self, element: Any) -> None:
        text = tidy_text(self._text(element))
        style = _value(element, f"{_W}pPr/{_W}pStyle") or ""
        outline = _value(element, f"{_W}pPr/{_W}outlineLvl")
        level = self._styles.get(style, 0)
        if outline is not None and outline.isdigit() and int(outline) < _NO_LEVEL:
            level = int(outline) + 1
        if level and text.strip():
            self.writer.heading(text, level)
            return
        numbering = element.find(f"{_W}pPr/{_W}numPr")
        if numbering is not None or style.lower().startswith("list"):
            depth = _value(element, f"{_W}pPr/{_W}numPr/{_W}ilvl") or "0"
            indent = "  " * min(int(depth) if depth.isdigit() else 0, 8)
            if text.strip():
                self.writer.paragraph(f"{indent}- {text.strip()}".strip("\n"), end="\n")
            return
        self.writer.gap()
        self.writer.paragraph(text)

    def _text(self, element: Any) -> str:
        parts: list[str] = []
        for node in _visible(element):
            if node.tag == f"{_W}t":
                parts.append(node.text or "")
            elif node.tag == f"{_W}tab":
                parts.append("\t")
            elif node.tag in {f"{_W}br", f"{_W}cr"}:
                parts.append("\n")
            elif node.tag == f"{_W}noBreakHyphen":
                parts.append("-")
            elif node.tag in {f"{_W}footnoteReference", f"{_W}endnoteReference"}:
                note = node.get(f"{_W}id") or ""
                self._notes.append(note)
                parts.append(f"[^{note}]")
        return "".join(parts)

    def _cell(self, cell: Any) -> str:
        merge = cell.find(f"{_W}tcPr/{_W}vMerge")
        if merge is not None and merge.get(f"{_W}val") != "restart":
            return ""
        return " ".join(self._text(paragraph) for paragraph in cell.iter(f"{_W}p"))

    def footnotes(self, archive: Archive) -> None:
        """Write the notes that the text refers to."""
        wanted = set(self._notes)
        if not wanted:
            return
        for kind in ("footnote", "endnote"):
            for note in archive.elements(f"word/{kind}s.xml", f"{_W}{kind}"):
                number = note.get(f"{_W}id") or ""
                text = tidy_line(" ".join(self._text(paragraph) for paragraph in note.iter(f"{_W}p")))
                if number in wanted and text:
                    self.writer.paragraph(f"[^{number}]: {text}", end="\n")


def _visible(element: Any) -> Iterator[Any]:
    """Yield what is below an element and shown: nothing deleted, no field codes, one form of each drawing."""
    stack = [iter(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
        elif child.tag not in _SKIPPED:
            yield child
            stack.append(iter(child))


def _rows(table: Any) -> list[Any]:
    return [*table.iterfind(f"{_W}tr"), *table.iterfind(f"{_W}sdt/{_W}sdtContent/{_W}tr")]


def _cells(row: Any) -> list[Any]:
    return [*row.iterfind(f"{_W}tc"), *row.iterfind(f"{_W}sdt/{_W}sdtContent/{_W}tc")]
