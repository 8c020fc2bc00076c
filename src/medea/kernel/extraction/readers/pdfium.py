"""The few functions of pdfium that reading text takes, called in its library directly.

The package `pypdfium2` declares all of them and wraps them in objects: importing that takes longer than reading a dozen
pages, and pages take a tenth more. It stays in charge of pictures, which are rarely asked for. The functions are
those of `public/fpdfview.h`, `fpdf_text.h`, `fpdf_doc.h` and `fpdf_edit.h` (https://pdfium.googlesource.com/pdfium).
"""

import ctypes
import importlib.util
import os
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

_PASSWORD = 4  # FPDF_ERR_PASSWORD
_NAMES = {"darwin": "libpdfium.dylib", "win32": "pdfium.dll"}
_PICTURES = {3, 5}  # FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_FORM
_SPARE = 256  # units of UTF-16 beside what the characters of a page may take

_pointer, _int, _long, _double = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong, ctypes.c_double
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "FPDF_InitLibrary": (None, ()),
    "FPDF_LoadMemDocument64": (_pointer, (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p)),
    "FPDF_GetLastError": (_long, ()),
    "FPDF_GetPageCount": (_int, (_pointer,)),
    "FPDF_GetMetaText": (_long, (_pointer, ctypes.c_char_p, _pointer, _long)),
    "FPDF_LoadPage": (_pointer, (_pointer, _int)),
    "FPDF_ClosePage": (None, (_pointer,)),
    "FPDF_GetPageBoundingBox": (_int, (_pointer, _pointer)),
    "FPDFText_LoadPage": (_pointer, (_pointer,)),
    "FPDFText_ClosePage": (None, (_pointer,)),
    "FPDFText_CountChars": (_int, (_pointer,)),
    "FPDFText_GetBoundedText": (_int, (_pointer, _double, _double, _double, _double, _pointer, _int)),
    "FPDFPage_CountObjects": (_int, (_pointer,)),
    "FPDFPage_GetObject": (_pointer, (_pointer, _int)),
    "FPDFPageObj_GetType": (_int, (_pointer,)),
    "FPDFBookmark_GetFirstChild": (_pointer, (_pointer, _pointer)),
    "FPDFBookmark_GetNextSibling": (_pointer, (_pointer, _pointer)),
    "FPDFBookmark_GetTitle": (_long, (_pointer, _pointer, _long)),
    "FPDFBookmark_GetDest": (_pointer, (_pointer, _pointer)),
    "FPDFDest_GetDestPageIndex": (_int, (_pointer, _pointer)),
}


class Unreadable(Exception):
    """pdfium does not open the file.

    Args:
        is_encrypted: it would with a password.
    """

    def __init__(self, *, is_encrypted: bool) -> None:
        self.is_encrypted = is_encrypted
        super().__init__("encrypted" if is_encrypted else "damaged")


class TooMuchText(Exception):
    """A page holds more characters than asked for at most."""


class Bookmark(NamedTuple):
    """A line of the table of contents.

    Attributes:
        page: that it leads to, from 0.
        level: from 1.
    """

    page: int
    level: int
    title: str


class Document:
    """An open PDF. It is never closed: the process that reads it ends.

    Raises:
        Unreadable: damaged, or encrypted.
    """

    def __init__(self, content: bytes) -> None:
        self._library = _load()
        self._content = content  # pdfium reads from it as long as the document is open
        self._document = self._library.FPDF_LoadMemDocument64(content, len(content), None)
        if not self._document:
            raise Unreadable(is_encrypted=self._library.FPDF_GetLastError() == _PASSWORD)
        self._buffer = (ctypes.c_ushort * 0)()

    def __len__(self) -> int:
        return int(self._library.FPDF_GetPageCount(self._document))

    @property
    def title(self) -> str:
        """What it calls itself, empty where it does not."""
        return self._words(lambda buffer, size: self._library.FPDF_GetMetaText(self._document, b"Title", buffer, size))

    def read_page(self, number: int, most: int) -> str:
        """Return the text of a page within its bounds, lines ended by CR LF; empty where it cannot be loaded.

        Raises:
            TooMuchText: it has more characters than `most`.
        """
        library = self._library
        page = library.FPDF_LoadPage(self._document, number)
        if not page:
            return ""
        text = library.FPDFText_LoadPage(page)
        try:
            if not text:
                return ""
            count = library.FPDFText_CountChars(text)
            if count > most:
                raise TooMuchText
            return self._bounded(page, text, count) if count > 0 else ""
        finally:
            if text:
                library.FPDFText_ClosePage(text)
            library.FPDF_ClosePage(page)

    def _bounded(self, page: int, text: int, count: int) -> str:
        bounds = (ctypes.c_float * 4)()  # FS_RECTF: left, top, right, bottom
        if not self._library.FPDF_GetPageBoundingBox(page, bounds):
            return ""
        size = count + _SPARE  # mostly enough, and asking how much it is would take as long as taking it
        while True:
            if len(self._buffer) < size:
                self._buffer = (ctypes.c_ushort * size)()
            size = len(self._buffer)
            found = self._library.FPDFText_GetBoundedText(text, *bounds, self._buffer, size)
            if found < size:  # with a zero at its end
                units = memoryview(self._buffer).cast("B")[: 2 * max(found, 0)]
                return units.tobytes().decode("utf-16-le", "ignore").removesuffix("\0")
            size *= 2

    def has_picture(self, number: int) -> bool:
        """Tell whether a page shows pictures; an empty one shows none."""
        library = self._library
        page = library.FPDF_LoadPage(self._document, number)
        if not page:
            return False
        try:
            objects = (library.FPDFPage_GetObject(page, at) for at in range(library.FPDFPage_CountObjects(page)))
            return any(library.FPDFPageObj_GetType(each) in _PICTURES for each in objects)
        finally:
            library.FPDF_ClosePage(page)

    def bookmarks(self, deepest: int) -> Iterator[Bookmark]:
        """Yield the table of contents, without what leads to no page or has no title; a circle in it ends it."""
        library, seen = self._library, set[int]()
        stack = [library.FPDFBookmark_GetFirstChild(self._document, None)]
        while stack:
            mark = stack[-1]
            if not mark or mark in seen:
                stack.pop()
                continue
            seen.add(mark)
            target = library.FPDFBookmark_GetDest(self._document, mark)
            page = library.FPDFDest_GetDestPageIndex(self._document, target) if target else -1
            title = self._title_of(mark)
            if page >= 0 and title:
                yield Bookmark(page, len(stack), title)
            stack[-1] = library.FPDFBookmark_GetNextSibling(self._document, mark)
            if len(stack) < deepest:
                stack.append(library.FPDFBookmark_GetFirstChild(self._document, mark))

    def _title_of(self, mark: int) -> str:
        return self._words(lambda buffer, size: self._library.FPDFBookmark_GetTitle(mark, buffer, size))

    def _words(self, ask: Any) -> str:
        """Return what a function gives that takes a buffer and its size in bytes and returns how many it takes."""
        size = ask(None, 0)
        if size <= 2:  # the zero at its end
            return ""
        buffer = ctypes.create_string_buffer(size)
        ask(buffer, size)
        return buffer.raw[: size - 2].decode("utf-16-le", "ignore")


def _load() -> Any:
    """Return the library with its functions declared."""
    name = _NAMES.get(sys.platform, "libpdfium.so")
    found = importlib.util.find_spec("pypdfium2_raw")
    if found is None or found.origin is None:
        raise ImportError("pypdfium2_raw")
    # a handle of our own: how others declare its functions stays as it is
    library = ctypes.CDLL(os.path.join(os.path.dirname(found.origin), name))  # noqa: PTH118, PTH120 - pathlib is slow
    for function, (returned, arguments) in _FUNCTIONS.items():
        declared = getattr(library, function)
        declared.restype, declared.argtypes = returned, arguments
    library.FPDF_InitLibrary()
    return library
