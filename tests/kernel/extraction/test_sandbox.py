"""What the parent makes of children that do not answer as they should, and how little a child brings along."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.limits import Limits
from medea.kernel.extraction.readers import pdfium
from medea.kernel.extraction.sandbox import ChildKilled, extract
from tests.architecture.sources import SRC
from tests.support import malformed as made

LIMITS = Limits(seconds=60)
ANSWER = "import os, struct\ndef say(kind, text): os.write(1, struct.pack('>cQ', kind, len(text)) + text)\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("<p>Some words.</p>")
    return path


def become(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let children run other code."""
    start = asyncio.create_subprocess_exec

    async def start_other(program: str, *_arguments: str, **options: Any) -> asyncio.subprocess.Process:
        return await start(program, "-I", "-c", ANSWER + code, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_other)


async def test_whom_the_kernel_kills_is_no_fault_of_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, "os.kill(os.getpid(), 9)")
    with pytest.raises(ChildKilled) as killed:
        await extract(file, name="page.html", limits=LIMITS)
    assert killed.value.code == "reader_killed"


@pytest.mark.parametrize(
    "said",
    [
        "say(b'R', b'no JSON')",
        "say(b'R', b'[1, 2, 3]')",
        'say(b\'R\', b\'["html", "text", [[0], [["x", 1, "t"]], []]]\')',
        "say(b'S', b'[]')",
        "say(b'F', b'{}')",
        "say(b'R', b'[\"html\", \"\\xff\", [[], [], []]]')",
    ],
)
async def test_what_a_child_says_is_looked_at(file: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    become(monkeypatch, said)

    async def on_progress(done: int, total: int) -> None:
        raise AssertionError(f"{done} of {total} is no progress")

    with pytest.raises(ExtractionFailed) as failed:
        await extract(file, name="page.html", limits=LIMITS, on_progress=on_progress)
    assert failed.value.code == "damaged"


def test_a_child_imports_little() -> None:
    """Each of these takes as long as reading some pages, and it would be taken for every file."""
    code = (
        f"import sys\nsys.path.insert(0, {str(SRC.parent)!r})\n"
        "from medea.kernel.extraction import child\n"
        "print(sorted({'msgspec', 'pypdfium2', 'pathlib', 'subprocess', 'asyncio', 'zipfile'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


class TestPdfium:
    """Our few functions beside the package's."""

    PAGES = ("A page of text (with a quote: Größe, naïve, €) that goes on.", "", "Another page.")

    def test_pages_are_the_same(self) -> None:
        content = made.pdf_pages(list(self.PAGES))
        ours, theirs = pdfium.Document(content), pypdfium2.PdfDocument(content)
        assert len(ours) == len(theirs) == len(self.PAGES)
        for number in range(len(ours)):
            text = theirs[number].get_textpage().get_text_bounded()
            assert ours.read_page(number, 1000) == text
            assert not ours.has_picture(number)
        assert "Another page." in ours.read_page(2, 1000)

    def test_a_page_that_is_not_there_is_empty(self) -> None:
        document = pdfium.Document(made.pdf_pages(["One."]))
        assert document.read_page(7, 1000) == ""
        assert not document.has_picture(7)
        assert document.title == ""
        assert list(document.bookmarks(6)) == []

    def test_too_much_text(self) -> None:
        with pytest.raises(pdfium.TooMuchText):
            pdfium.Document(made.pdf_pages(["x" * 50])).read_page(0, 49)

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nnoise"])
    def test_what_it_does_not_open(self, content: bytes) -> None:
        with pytest.raises(pdfium.Unreadable) as refused:
            pdfium.Document(content)
        assert not refused.value.is_encrypted
        with pytest.raises(pdfium.Unreadable) as refused:
            pdfium.Document(made.encrypted_pdf())
        assert refused.value.is_encrypted

    def test_a_scan_has_a_picture(self) -> None:
        assert pdfium.Document(made.scanned()).has_picture(0)
