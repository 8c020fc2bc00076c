"""XLSX (ECMA-376, SpreadsheetML): a sheet is a heading and its tables; dates and shares are written as shown."""

import re
from datetime import datetime, timedelta
from typing import Any

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.readers.archive import Archive
from medea.kernel.extraction.readers.docx import title_of
from medea.kernel.extraction.structure import Extraction
from medea.kernel.extraction.writing import TextWriter

_M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "xl/workbook.xml"
_MAX_COLUMNS = 500
_MAX_CELLS = 2_000_000
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # ECMA-376, part 1, 18.8.30
_PERCENTS = frozenset({"9", "10"})
_DATE_CODE = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|\\.")
_DAY_ONE = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no time zones


def read_xlsx(archive: Archive, limits: Limits) -> Extraction:
    """Read a workbook.

    Raises:
        ExtractionFailed: damaged, or made to do harm.
    """
    writer = TextWriter(limits.chars)
    relations = archive.relations(_MAIN)
    shared = archive.elements("xl/sharedStrings.xml", f"{_M}si")
    texts = [_text(element) for element in shared]
    styles = _styles(archive)
    left = _MAX_CELLS
    for sheet in [(e.get("name") or "", e.get(f"{_R}id") or "") for e in archive.elements(_MAIN, f"{_M}sheet")]:
        name, relation = sheet
        if relation not in relations:
            continue
        writer.heading(name, 2)
        rows: list[list[str]] = []
        for row in archive.elements(relations[relation][1], f"{_M}row"):
            cells = _cells(row, texts, styles)
            left -= len(cells)
            if left < 0:
                raise ExtractionFailed("text_too_long", "The workbook has more than two million cells. Split it.")
            if any(cell.strip() for cell in cells):
                rows.append(cells)
            elif rows:  # an empty row parts two tables
                writer.table(rows)
                rows = []
        writer.table(rows)
    text, structure = writer.finish()
    return Extraction("xlsx", text, structure, title=title_of(archive))


def _text(element: Any) -> str:
    """Return a text without its phonetic guide, which repeats it in another script (18.4.6)."""
    return "".join(t.text or "" for t in element.iter(f"{_M}t") if t.getparent().tag != f"{_M}rPh")


def _styles(archive: Archive) -> dict[int, str]:
    """Return the cell styles that show numbers as something else, `date` or `percent`, by their numbers."""
    formats = archive.elements("xl/styles.xml", f"{_M}numFmt")
    codes = {e.get("numFmtId") or "": e.get("formatCode") or "" for e in formats}
    found: dict[int, str] = {}
    for styles in archive.elements("xl/styles.xml", f"{_M}cellXfs"):
        for number, style in enumerate(styles.iterfind(f"{_M}xf")):
            code = style.get("numFmtId") or "0"
            plain = _DATE_CODE.sub("", codes.get(code, "")).lower()
            is_known = code.isdigit() and int(code) in _DATES
            if is_known or ("y" in plain and ("m" in plain or "d" in plain)) or "h:" in plain:
                found[number] = "date"
            elif code in _PERCENTS or "%" in plain:
                found[number] = "percent"
    return found


def _cells(row: Any, texts: list[str], styles: dict[int, str]) -> list[str]:
    cells: list[str] = []
    for cell in row.iterfind(f"{_M}c"):
        column = _column(cell.get("r") or "")
        column = len(cells) if column is None else column
        if column >= _MAX_COLUMNS:
            continue
        cells.extend([""] * (column - len(cells)))
        cells.append(_shown(cell, texts, styles))
    return cells


def _column(reference: str) -> int | None:
    found = re.match(r"[A-Z]{1,3}", reference)
    if found is None:
        return None
    number = 0
    for letter in found[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _shown(cell: Any, texts: list[str], styles: dict[int, str]) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return _text(cell)
    value = cell.findtext(f"{_M}v") or ""
    if kind == "s":
        return texts[int(value)] if value.isdigit() and int(value) < len(texts) else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind == "n" and value:
        style = cell.get("s") or "0"
        return _number(value, styles.get(int(style)) if style.isdigit() else None)
    return value


def _number(value: str, shown_as: str | None) -> str:
    try:
        number = float(value)
    except ValueError:
        return value
    if shown_as == "percent":
        return f"{100 * number:.10g}%"
    if shown_as == "date" and 0 < number < 2_958_466:  # the year 9999
        moment = _DAY_ONE + timedelta(days=number)
        return moment.strftime("%Y-%m-%d" if number == int(number) else "%Y-%m-%d %H:%M")
    return f"{number:.10g}" if "." in value or "E" in value.upper() else value
