"""Documents as people have them. They are not in the repository: `MEDEA_TEST_DOCUMENTS` names their folder.

Without it they are looked for in `shared/rag_docs` beside the checkout; where there are none, this is skipped.
"""

import os
from functools import cache
from pathlib import Path

import pytest

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.sandbox import extract
from medea.kernel.extraction.structure import Extraction
from medea.modules.knowledge.chunking import MAXIMUM, chunk_text
from tests.architecture.sources import ROOT

FOLDER = Path(os.environ.get("MEDEA_TEST_DOCUMENTS") or ROOT.parent / "shared" / "rag_docs")

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no documents in {FOLDER}: set MEDEA_TEST_DOCUMENTS to a folder that has them"
)

_read: dict[str, Extraction] = {}


async def read(name: str) -> Extraction:
    if name not in _read:
        _read[name] = await extract(FOLDER / name, name=name, limits=Limits(seconds=60, ocr="eng"))
    return _read[name]


@cache
def names() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir() if path.is_file()) if FOLDER.is_dir() else []


@pytest.mark.parametrize("name", names())
async def test_each_is_read_and_cut(name: str) -> None:
    if name.startswith("encrypted"):
        with pytest.raises(ExtractionFailed, match="encrypted"):
            await read(name)
        return
    found = await read(name)
    assert found.text.strip()
    at = 0
    for chunk in chunk_text(found.text, found.structure, target=200):
        assert found.text[chunk.char_from : chunk.char_to] == chunk.text
        assert not found.text[at : chunk.char_from].strip()
        assert chunk.tokens <= int(200 * MAXIMUM)
        at = chunk.char_to
    assert "\ufffd" not in found.text[:5000]


@pytest.mark.parametrize(
    ("name", "pages", "headings", "words"),
    [
        ("developers-reference.pdf", 114, 250, "Orphaning a package"),
        ("debian-policy.pdf", 193, 300, "control information files"),
        ("R-intro.pdf", 113, 120, "Index vectors; selecting and modifying subsets of a data set"),
        ("GeoTopo-de.pdf", 117, 30, "Topologie"),
        ("developers-reference.docx", None, 250, "Going on vacation gracefully"),
        ("ragflow-http-api.md", None, 400, "Create chat completion"),
        ("debian-policy-ch5.html", None, 40, "Syntax of control files"),
        ("docling-powerpoint_sample.pptx", 3, 1, "Some notes on the second slide."),
        ("docling-xlsx_01.xlsx", None, 4, "| first | second | third |"),
    ],
)
async def test_pages_headings_and_words(name: str, pages: int | None, headings: int, words: str) -> None:
    found = await read(name)
    assert found.page_count == pages
    assert len(found.structure.pages) == (pages or 0)
    assert len(found.structure.headings) >= headings
    assert words in found.text


async def test_a_heading_leads_to_its_page() -> None:
    found = await read("debian-policy.pdf")
    heading = next(one for one in found.structure.headings if one.title.endswith("Priorities"))
    place = found.structure.pages[20]  # it is on the page with the number 21
    assert place <= heading.at < found.structure.pages[21]


async def test_running_headers_are_left_out() -> None:
    found = await read("debian-policy.pdf")
    assert found.text.count("Debian Policy Manual, Release") < 10, "193 pages have it"
    assert "Chapter 2. The Debian Archive" not in found.text


async def test_words_broken_at_line_ends_are_whole() -> None:
    text = (await read("multicolumn.pdf")).text
    assert "adipiscing" in text
    assert "consectetuer" in text


async def test_a_scan_is_read_where_tesseract_is_or_says_that_it_is_one() -> None:
    path = FOLDER / "docling-ocr_test.pdf"
    with pytest.raises(ExtractionFailed, match="no_text_layer"):
        await extract(path, name=path.name, limits=Limits(ocr=None))
    try:
        found = await read(path.name)
    except ExtractionFailed as failure:
        assert failure.code == "no_text_layer"  # noqa: PT017 - one of two right ends
    else:
        assert found.notice is not None
        assert "scans" in found.notice
        assert "Docling" in found.text
