"""PDF by pdfium; by pypdf where pdfium crashed, because that one bounds what it decompresses."""

import re
import time
from typing import TYPE_CHECKING, Any

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.protocol import Order
from medea.kernel.extraction.readers import flow, ocr, pdfium
from medea.kernel.extraction.readers.pdfium import Bookmark
from medea.kernel.extraction.structure import Extraction
from medea.kernel.extraction.writing import TextWriter, tidy_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LEAST_TEXT = 12  # characters that make a page one with text
_MAX_PAGE_CHARS = 1_000_000
_MAX_BOOKMARKS = 20_000
_DEEPEST = 6
_OCR_SHARE = 0.75  # of the time
_SIGNS = re.compile(r"[\W_]+")
_SIGNS_IN_LINES = re.compile(r"(?:[^\w\n]|_)+")
_NUMBERING = re.compile(
    r"^(?:chapter|section|part|appendix|kapitel)?\s*[\dA-Zivx]+(?:[.\-]\d+)*[.):]?\s+", re.IGNORECASE
)
_ENCRYPTED = "The PDF is protected by a password. Save it without one and upload that."
_DAMAGED = "The PDF is damaged: it may have been cut off while it was copied. Save it anew and upload that."


def read_pdf(content: bytes, order: Order, on_step: "Callable[[int, int], None]") -> Extraction:
    """Read a PDF.

    Raises:
        ExtractionFailed: encrypted, damaged, too long, or nothing but pictures.
    """
    if order.reader == "pypdf":
        pages, bookmarks, title, scans = _by_pypdf(content, order.limits, on_step)
        notice = None
    else:
        pages, bookmarks, title, scans, notice = _by_pdfium(content, order.limits, on_step)
    if scans and len(scans) == len(pages):
        how = "none was found in them" if ocr.is_there(order.limits) else "no text recognition is installed here"
        words = f"The PDF holds pictures of pages without text, and {how}. Recognise its text and upload the result."
        raise ExtractionFailed("no_text_layer", words)
    if scans and notice is None:
        notice = f"{len(scans)} of {len(pages)} pages are pictures without text; they cannot be found."
    return _write(pages, bookmarks, title, notice, order.limits)


def _check_pages(count: int, limits: Limits) -> None:
    if count > limits.pages:
        raise ExtractionFailed(
            "too_many_pages", f"The document has {count:,} pages; {limits.pages:,} can be read. Split it into parts."
        )
    if count == 0:
        raise ExtractionFailed("damaged", _DAMAGED)


def _by_pdfium(
    content: bytes, limits: Limits, on_step: "Callable[[int, int], None]"
) -> tuple[list[str], list[Bookmark], str | None, list[int], str | None]:
    began = time.monotonic()
    try:
        document = pdfium.Document(content)
    except pdfium.Unreadable as error:
        if error.is_encrypted:
            raise ExtractionFailed("encrypted", _ENCRYPTED) from None
        raise ExtractionFailed("damaged", _DAMAGED) from None
    count = len(document)
    _check_pages(count, limits)
    pages: list[str] = []
    total = 0
    for number in range(count):
        on_step(number, count)
        try:
            pages.append(document.read_page(number, _MAX_PAGE_CHARS))
        except pdfium.TooMuchText:
            words = "A page of the PDF holds more text than a page can. Save it anew."
            raise ExtractionFailed("too_complex", words) from None
        total += len(pages[-1])
        if total > limits.chars:
            raise too_long(limits)
    bare = [number for number, text in enumerate(pages) if len(text.strip()) < _LEAST_TEXT]
    scans = [number for number in bare if document.has_picture(number)]
    notice = None
    if scans and ocr.is_there(limits):
        deadline = began + limits.seconds * _OCR_SHARE
        scans, notice = _recognise(content, pages, scans, limits, deadline, on_step)
    return pages, _bookmarks(document), tidy_line(document.title) or None, scans, notice


def _recognise(
    content: bytes,
    pages: list[str],
    scans: list[int],
    limits: Limits,
    deadline: float,
    on_step: "Callable[[int, int], None]",
) -> tuple[list[int], str | None]:
    """Read scanned pages in the time that is left; return those that stay without text, and what to say."""
    import pypdfium2  # draws the pages

    document = pypdfium2.PdfDocument(content)
    left = []
    read = 0
    for number in scans:
        if read >= limits.ocr_pages or time.monotonic() > deadline:
            left.append(number)
            continue
        on_step(number, len(pages))
        page = document[number]
        try:
            pages[number] = ocr.recognise(page, limits, max(1.0, deadline - time.monotonic()))
        finally:
            page.close()
        read += 1
        if not pages[number].strip():
            left.append(number)
    notice = f"{read} of {len(pages)} pages are scans; their text was recognised and may have faults."
    if left:
        notice += f" {len(left)} stay without text."
    return left, notice


def _bookmarks(document: pdfium.Document) -> list[Bookmark]:
    found: list[Bookmark] = []
    for mark in document.bookmarks(_DEEPEST):
        if title := tidy_line(mark.title):
            found.append(mark._replace(title=title))
        if len(found) >= _MAX_BOOKMARKS:
            break
    return sorted(found, key=lambda mark: mark.page)


def _by_pypdf(
    content: bytes, limits: Limits, on_step: "Callable[[int, int], None]"
) -> tuple[list[str], list[Bookmark], str | None, list[int]]:
    import io

    import pypdf  # half a second, and rarely needed
    from pypdf.errors import FileNotDecryptedError, LimitReachedError

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        _check_pages(len(reader.pages), limits)
        pages = list(_pypdf_pages(reader, limits, on_step))
        title = tidy_line((reader.metadata.title if reader.metadata else None) or "") or None
    except ExtractionFailed:
        raise
    except FileNotDecryptedError:
        raise ExtractionFailed("encrypted", _ENCRYPTED) from None
    except (MemoryError, RecursionError):
        raise
    except LimitReachedError:
        words = "The PDF unpacks to far more than it seems to hold, as files made to do harm are. Save it more simply."
        raise ExtractionFailed("too_complex", words) from None
    except Exception:  # noqa: BLE001 - whatever a reader raises over a broken file
        raise ExtractionFailed("damaged", _DAMAGED) from None
    return pages, [], title, []


def _pypdf_pages(reader: Any, limits: Limits, on_step: "Callable[[int, int], None]") -> "Iterator[str]":
    left = limits.chars
    for number, page in enumerate(reader.pages):
        on_step(number, len(reader.pages))
        text = page.extract_text()
        left -= len(text)
        if left < 0:
            raise too_long(limits)
        yield text


def too_long(limits: Limits) -> ExtractionFailed:
    """Return the failure of a text that is longer than one document may be."""
    words = f"The text has more than {limits.chars / 1e6:g} million characters. Split the document into parts."
    return ExtractionFailed("text_too_long", words)


def _write(
    pages: list[str], bookmarks: list[Bookmark], title: str | None, notice: str | None, limits: Limits
) -> Extraction:
    lines = [flow.split_lines(text) for text in pages]
    flow.drop_repeated(lines)
    usual = flow.usual_length(lines)
    writer = TextWriter(limits.chars)
    marks = _by_page(bookmarks)
    for number, on_page in enumerate(lines):
        writer.page()
        _write_page(writer, on_page, marks.get(number, []), usual)
    text, structure = writer.finish()
    return Extraction("pdf", text, structure, title=title, page_count=len(pages), notice=notice)


def _by_page(bookmarks: list[Bookmark]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    for mark in bookmarks:
        found.setdefault(mark.page, []).append((mark.level, mark.title))
    return found


def _write_page(writer: TextWriter, lines: list[str], marks: list[tuple[int, str]], usual: int) -> None:
    """Write a page; headings are the lines that say what a bookmark to this page says."""
    at = 0
    letters = _SIGNS_IN_LINES.sub("", "\n".join(lines).casefold()).split("\n") if marks else []
    for level, title in marks:
        found = _find_line(lines, letters, title, at)
        if found is None:
            writer.mark_heading(writer.length, title, level)
            continue
        start, end = found
        _write_flow(writer, lines[at:start], usual)
        shown = " ".join(lines[start:end])
        writer.mark_heading(writer.length, shown, level)
        writer.paragraph(shown)
        at = end
    _write_flow(writer, lines[at:], usual)


def _find_line(lines: list[str], letters: list[str], title: str, start: int) -> tuple[int, int] | None:
    """Return which lines are a heading: one, or two or three where it was too long for its line.

    Args:
        lines: of the page.
        letters: of each line: what does not even end like the title is not looked at more closely.
        title: to be found.
        start: from which line on.
    """
    wanted = _plain(title)
    for number in range(start, len(lines)):
        if not lines[number]:
            continue
        found = ""
        for end in range(number + 1, min(number + 3, len(lines)) + 1):
            found += letters[end - 1]
            if found.endswith(wanted) and _plain(" ".join(lines[number:end])) == wanted:
                return number, end
    return None


def _plain(text: str) -> str:
    return _letters(_NUMBERING.sub("", text, count=1))


def _letters(text: str) -> str:
    return _SIGNS.sub("", text.casefold())


def _write_flow(writer: TextWriter, lines: list[str], usual: int) -> None:
    paragraphs = flow.join_lines(lines, usual)
    for number, paragraph in enumerate(paragraphs):
        is_last = number == len(paragraphs) - 1
        # what a page's end cuts goes on without a break; short lines stay together, as lists and tables do
        is_whole = flow.ends_sentence(paragraph) and len(paragraph) > usual
        writer.paragraph(paragraph, end="\n\n" if is_whole or (is_last and flow.ends_sentence(paragraph)) else "\n")
