"""What a file is, by its first bytes; its name only chooses among kinds of plain text."""

import re
from typing import NamedTuple

HEAD_BYTES = 4096


class Kind(NamedTuple):
    """A kind of file and its media type (RFC 2046)."""

    kind: str
    media_type: str


PDF = Kind("pdf", "application/pdf")
DOCX = Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
PPTX = Kind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation")
XLSX = Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
HTML = Kind("html", "text/html")
MARKDOWN = Kind("markdown", "text/markdown")
CSV = Kind("csv", "text/csv")
TEXT = Kind("text", "text/plain")
ARCHIVE = Kind("archive", "application/zip")
UNKNOWN = Kind("unknown", "application/octet-stream")

_BY_FOLDER = {"word/": DOCX, "ppt/": PPTX, "xl/": XLSX}
_BY_ENDING = {
    "md": MARKDOWN, "markdown": MARKDOWN, "mdx": MARKDOWN, "csv": CSV, "tsv": CSV, "htm": HTML, "html": HTML,
    "xhtml": HTML,
}  # fmt: skip
_OFFICE_ENDINGS = {"docx": DOCX, "pptx": PPTX, "xlsx": XLSX}
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.doc, .xls, .ppt); save it as .docx, .xlsx or .pptx"),
    (b"{\\rtf", "an RTF file; save it as .docx"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"SQLite format 3\x00", "a database"),
)
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|div|p|article|main)\b", re.IGNORECASE | re.DOTALL
)
_WHOLE_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)  # Markdown may begin with a tag, too
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def recognise(head: bytes, name: str) -> Kind:
    """Return what a file seems to be.

    Args:
        head: its first `HEAD_BYTES` bytes.
        name: as its sender called it.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    # the format allows other bytes in front of its sign (ISO 32000-1, annex H, note 13)
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _OFFICE_ENDINGS.get(ending, ARCHIVE)  # which it is, its contents will say
    if what_else(head) is not None:
        return UNKNOWN
    if head.startswith(_BOMS):
        return _BY_ENDING.get(ending, TEXT)
    if _HTML.match(head) and (ending not in {"md", "markdown", "mdx"} or _WHOLE_PAGE.match(head)):
        return HTML
    if b"\x00" in head and not _is_wide(head):
        return UNKNOWN
    found = _BY_ENDING.get(ending, TEXT)
    return TEXT if found is HTML and b"<" not in head else found


def what_else(head: bytes) -> str | None:
    """Say what a file is that none of the readers reads, where its first bytes tell."""
    return next((words for sign, words in _OTHERS if head.startswith(sign)), None)


def of_archive(names: list[str]) -> Kind:
    """Return which Office format an archive with these files is."""
    if "[Content_Types].xml" in names:
        for folder, kind in _BY_FOLDER.items():
            if any(name.startswith(folder) for name in names):
                return kind
    return ARCHIVE


def _is_wide(head: bytes) -> bool:
    """Tell whether every other byte is a zero, as in UTF-16 without a mark."""
    zeros = max(head[0::2].count(0), head[1::2].count(0))
    return zeros * 2 > len(head) * 0.6
