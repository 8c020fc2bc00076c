"""PPTX (ECMA-376, PresentationML): a slide is a page; its title a heading; tables, and what the speaker notes say."""

import re
from typing import Any

from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.readers.archive import Archive
from medea.kernel.extraction.readers.docx import title_of
from medea.kernel.extraction.structure import Extraction
from medea.kernel.extraction.writing import TextWriter, tidy_line, tidy_text

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "ppt/presentation.xml"
_TITLES = {"title", "ctrTitle"}
_LEFT_OUT = {"dt", "ftr", "sldNum", "hdr", "sldImg"}


def read_pptx(archive: Archive, limits: Limits) -> Extraction:
    """Read a presentation.

    Raises:
        ExtractionFailed: damaged, or made to do harm.
    """
    writer = TextWriter(limits.chars)
    slides = _slides(archive)
    for slide in slides:
        writer.page()
        for tree in archive.elements(slide, f"{_P}spTree"):
            _write_shapes(writer, tree)
        for kind, path in archive.relations(slide).values():
            if kind == "notesSlide":
                for tree in archive.elements(path, f"{_P}spTree"):
                    _write_notes(writer, tree)
    text, structure = writer.finish()
    return Extraction("pptx", text, structure, title=title_of(archive), page_count=len(slides))


def _slides(archive: Archive) -> list[str]:
    """Return the slides' parts in the order in which they are shown."""
    relations = archive.relations(_MAIN)
    ids = [element.get(f"{_R}id") or "" for element in archive.elements(_MAIN, f"{_P}sldId")]
    shown = [relations[one][1] for one in ids if one in relations]
    if shown:
        return shown
    found = [re.fullmatch(r"ppt/slides/slide(\d+)\.xml", name) for name in archive.names]
    return [name for _, name in sorted((int(one[1]), one[0]) for one in found if one)]


def _write_shapes(writer: TextWriter, tree: Any) -> None:
    shapes = list(tree.iter(f"{_P}sp", f"{_P}graphicFrame"))
    for shape in sorted(shapes, key=lambda one: _place(one) not in _TITLES):
        place = _place(shape)
        if place in _LEFT_OUT:
            continue
        if place in _TITLES:
            writer.heading(" ".join(_paragraphs(shape)), 2)
        elif shape.tag == f"{_P}graphicFrame":
            for table in shape.iter(f"{_A}tbl"):
                rows = table.iterfind(f"{_A}tr")
                writer.table([[" ".join(_paragraphs(cell)) for cell in row.iterfind(f"{_A}tc")] for row in rows])
        else:
            writer.paragraph("\n".join(_paragraphs(shape)))


def _write_notes(writer: TextWriter, tree: Any) -> None:
    for shape in tree.iter(f"{_P}sp"):
        if _place(shape) == "body" and (text := "\n".join(_paragraphs(shape))):
            writer.paragraph(f"Notes: {text}")


def _place(shape: Any) -> str:
    found = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return "" if found is None else str(found.get("type") or "")


def _paragraphs(element: Any) -> list[str]:
    found = []
    for paragraph in element.iter(f"{_A}p"):
        parts = [node.text or "" if node.tag == f"{_A}t" else "\n" for node in paragraph.iter(f"{_A}t", f"{_A}br")]
        text = "\n".join(tidy_line(line) for line in tidy_text("".join(parts)).split("\n")).strip()
        if text:
            found.append(text)
    return found
