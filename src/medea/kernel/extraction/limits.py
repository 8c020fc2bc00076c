"""What reading one file may cost."""

from typing import NamedTuple


class Limits(NamedTuple):
    """Bounds of one child.

    Attributes:
        memory: bytes of address space.
        seconds: of wall time; processor time is bounded alike.
        output: bytes that it may write.
        processes: children at once, in this process of ours.
        pages: of a document.
        chars: of its text.
        file: bytes of the file itself.
        ocr: languages for tesseract; None: scans are not read.
        ocr_pages: scanned pages that are read at most.
    """

    memory: int = 1_536_000_000
    seconds: float = 120.0
    output: int = 128_000_000
    processes: int = 2
    pages: int = 5000
    chars: int = 10_000_000
    file: int = 50_000_000
    ocr: str | None = None
    ocr_pages: int = 100
