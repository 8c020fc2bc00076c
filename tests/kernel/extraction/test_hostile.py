"""Every file that was made to do harm ends with its own reason, in its own process, and nothing else is disturbed."""

import asyncio
import resource
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.sandbox import drawing, extract, render_page
from tests.support import malformed as made

LIMITS = Limits(seconds=60)

HONEST = made.pdf_pages(["A page of text that is long enough to be one.", "And another page of it."])


def laughs(namespace: str, tag: str) -> bytes:
    """Return the main part of an Office file, of entities that grow tenfold each."""
    grown = "".join(f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in zip("abcdef", "bcdefg", strict=True))
    body = f'<{tag} name="x">&g;</{tag}>'
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">{grown}]><x xmlns="{namespace}">{body}</x>'.encode()


_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"

FAILING: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    # what it is: name, content, code, a word of the reason
    "a page of a gigabyte": ("a.pdf", made.stream_bomb, "too_complex", "unpacks"),
    "a page of four million lines": ("a.pdf", made.text_bomb, "too_complex", "unpacks"),
    "two hundred thousand pages": ("a.pdf", lambda: made.many_pages(200_000), "too_many_pages", "200,000"),
    "a PDF cut off": ("a.pdf", lambda: HONEST[: len(HONEST) // 2], "damaged", "cut off"),
    "noise that calls itself a PDF": ("a.pdf", lambda: made.noise(front=b"%PDF-1.7\n"), "damaged", "damaged"),
    "a PDF with a password": ("a.pdf", made.encrypted_pdf, "encrypted", "password"),
    "a scan without text": ("a.pdf", made.scanned, "no_text_layer", "pictures"),
    "nothing": ("a.pdf", lambda: b"", "empty", "empty"),
    "blanks": ("a.txt", lambda: b" \n\t\r\n ", "no_text", "no text"),
    "a DOCX that unpacks to a quarter of a gigabyte": ("a.docx", made.docx_bomb, "too_complex", "unpacks"),
    "a DOCX that wants a file of ours": ("a.docx", made.external_entity, "forbidden_xml", "entities"),
    "a DOCX of a billion laughs": ("a.docx", made.billion_laughs, "forbidden_xml", "entities"),
    "an XLSX that unpacks to a quarter of a gigabyte": (
        "a.xlsx",
        lambda: made.office("xl/worksheets/sheet1.xml", [bytes(1_000_000)] * 256, xl_workbook=b"<workbook/>"),
        "too_complex",
        "unpacks",
    ),
    "an XLSX of a million laughs": (
        "a.xlsx",
        lambda: made.office("xl/workbook.xml", laughs(_SHEETS, "sheet")),
        "forbidden_xml",
        "entities",
    ),
    "a PPTX that unpacks to a quarter of a gigabyte": (
        "a.pptx",
        lambda: made.office("ppt/slides/slide1.xml", [bytes(1_000_000)] * 256, ppt_presentation=b"<p/>"),
        "too_complex",
        "unpacks",
    ),
    "a PPTX of a million laughs": (
        "a.pptx",
        lambda: made.office("ppt/presentation.xml", laughs(_SLIDES, "sldId")),
        "forbidden_xml",
        "entities",
    ),
    "a page more than a document may have": ("a.pdf", lambda: made.many_pages(5001), "too_many_pages", "5,001"),
    "a DOCX of three thousand tables in tables": ("a.docx", made.nested_tables, "too_complex", "nested"),
    "a DOCX of six thousand parts": (
        "a.docx",
        lambda: made.docx(made.document(b""), extra=6000),
        "too_complex",
        "6,002 parts",
    ),
    "a DOCX cut off": ("a.docx", lambda: made.nested_tables(3)[:-40], "damaged", "damaged"),
    "an archive that is no document": (
        "a.zip",
        lambda: made.docx(b"").replace(b"word/", b"mord/"),
        "unsupported",
        "archive",
    ),
    "an old Office file": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "unsupported", ".docx"),
    "a picture": ("a.pdf", lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "unsupported", "picture"),
    "a program named like a text": ("a.txt", lambda: b"\x7fELF" + bytes(500), "unsupported", "program"),
    "noise named like a text": ("a.txt", lambda: made.noise(50_000), "unsupported", "not a text"),
    "two hundred thousand divisions in divisions": (
        "a.html",
        lambda: b"<div>" * 200_000 + b"hello" + b"</div>" * 200_000,
        "too_complex",
        "nested",
    ),
    "eleven million letters": ("a.txt", lambda: b"letters and\n" * 920_000, "text_too_long", "10 million"),
}

READ_SLOWLY = "five thousand pages"

READ: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    # what it is: name, content, kind, what is read
    "HTML named like a PDF": ("a.pdf", lambda: b"<html><body>not a pdf</body></html>", "html", "not a pdf"),
    "text named like a DOCX": ("a.docx", lambda: b"just text", "text", "just text"),
    "a name that climbs": ("../../etc/passwd", lambda: b"harmless", "text", "harmless"),
    READ_SLOWLY: ("a.pdf", lambda: made.many_pages(5000), "pdf", "hello hostile world"),
    "a form that draws itself": ("a.pdf", made.form_recursion, "pdf", "hello hostile world"),
    "a tree of pages that contains itself": ("a.pdf", made.cyclic_tree, "pdf", "hello hostile world"),
    "arrays in arrays": ("a.pdf", made.nested_arrays, "pdf", "hello hostile world"),
    "a PDF without its index": ("a.pdf", lambda: HONEST.replace(b"startxref", b"startxxxx"), "pdf", "another page"),
    "a table of half a million rows": ("a.html", lambda: b"<table>" + b"<tr><td>a<td>b" * 500_000, "html", "| a | b |"),
    "UTF-16": ("a.txt", lambda: "Grüße aus München".encode("utf-16"), "text", "Grüße aus München"),
    "Windows-1252": (
        "a.txt",
        lambda: ("Die Straße läuft. “Quotes” – dash. " * 20).encode("cp1252"),
        "text",
        "Straße läuft",
    ),
    "Shift JIS": ("a.txt", lambda: ("これは日本語のテキストです。" * 10).encode("shift_jis"), "text", "日本語"),
    "GB 18030": (
        "a.txt",
        lambda: ("这是一个中文文本文件。今天北京的天气很好。" * 10).encode("gb18030"),
        "text",
        "北京的天气",
    ),
    "KOI8-R": (
        "a.txt",
        lambda: ("Это русский текст в кодировке КОИ-8. " * 20).encode("koi8-r"),
        "text",
        "русский текст",
    ),
    "from right to left": ("a.txt", "مرحبا بالعالم".encode, "text", "مرحبا بالعالم"),
}


@pytest.mark.parametrize("what", FAILING)
async def test_it_fails_with_its_own_reason(tmp_path: Path, what: str) -> None:
    name, content, code, word = FAILING[what]
    path = tmp_path / "file"
    path.write_bytes(content())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ExtractionFailed) as failed:
        await extract(path, name=name, limits=LIMITS)
    assert failed.value.code == code
    assert word in failed.value.message
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kilobytes, in this process"


@pytest.mark.parametrize("what", READ)
async def test_it_is_read_as_what_it_is(tmp_path: Path, what: str) -> None:
    name, content, kind, text = READ[what]
    path = tmp_path / "file"
    path.write_bytes(content())
    found = await extract(path, name=name, limits=LIMITS)
    assert found.kind == kind
    assert text in found.text


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed (Debian: tesseract-ocr)")
async def test_a_scan_is_read_by_tesseract(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(made.photographed(HONEST, 2))
    found = await extract(path, name="scan.pdf", limits=Limits(seconds=60, ocr="eng"))
    assert "long enough to be one" in " ".join(found.text.split())
    assert found.page_count == 2
    assert "scan" in (found.notice or "")
    with pytest.raises(ExtractionFailed) as failed:
        await extract(path, name="scan.pdf", limits=Limits(seconds=60, ocr=None))
    assert failed.value.code == "no_text_layer"


async def test_who_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(made.form_recursion())
    with pytest.raises(ExtractionFailed) as failed:
        await extract(path, name="a.pdf", limits=Limits(seconds=0.05))
    assert failed.value.code == "too_slow"


async def test_what_a_bomb_breaks_is_its_own_process_alone(tmp_path: Path) -> None:
    bomb, honest = tmp_path / "bomb", tmp_path / "honest"
    bomb.write_bytes(made.text_bomb())
    honest.write_bytes(HONEST)
    failed, read = await asyncio.gather(
        extract(bomb, name="a.pdf", limits=LIMITS), extract(honest, name="b.pdf", limits=LIMITS), return_exceptions=True
    )
    assert isinstance(failed, ExtractionFailed)
    assert not isinstance(read, BaseException)
    assert read.page_count == 2


async def test_reading_does_not_wait_for_drawing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(HONEST)
    async with drawing(), drawing():  # all places there are
        assert (await extract(path, name="a.pdf", limits=Limits(seconds=60, processes=1))).page_count == 2


async def test_a_page_that_cannot_be_drawn_is_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(made.noise(front=b"%PDF-1.7\n"))
    assert await render_page(path, 1, quote=None, limits=LIMITS) is None
    path.write_bytes(HONEST)
    assert await render_page(path, 3, quote=None, limits=LIMITS) is None
    drawn = await render_page(path, 2, quote="another page", limits=LIMITS)
    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")
    assert drawn != await render_page(path, 2, quote=None, limits=LIMITS), "the quote is marked"
