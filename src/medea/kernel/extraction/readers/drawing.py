"""A page of a PDF as a picture, with a quote marked on it."""

import unicodedata
from typing import Any

from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.readers.png import encode_png

_MAX_PIXELS = 4_000_000
_LEAST_QUOTE = 12  # signs that are looked for, where the whole quote is not found
_MARK = bytes(value * 96 // 255 for value in range(256))  # of the blue channel: what is white turns yellow


def draw(content: bytes, number: int, quote: str | None, scale: float) -> bytes:
    """Draw a page.

    Raises:
        ExtractionFailed: no such page, or none that can be drawn.
    """
    import pypdfium2 as pdfium  # loads a library of 8 MB

    try:
        document = pdfium.PdfDocument(content)
        page = document[number - 1] if 1 <= number <= len(document) else None
    except pdfium.PdfiumError:
        page = None
    if page is None:
        raise ExtractionFailed("no_page", "There is no such page.")
    width, height = page.get_size()
    scale = min(scale, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, bitmap_maker=pdfium.PdfBitmap.new_native)
    pixels = bytearray(bitmap.buffer)
    if quote:
        to_pixels = bitmap.get_posconv(page)
        for left, bottom, right, top in _find(page, quote):
            corners = to_pixels.to_bitmap(left, top), to_pixels.to_bitmap(right, bottom)
            _mark(pixels, bitmap, corners)
    return encode_png(pixels, bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels)


def _mark(pixels: bytearray, bitmap: Any, corners: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """Colour a rectangle as a marker would: what is dark stays dark."""
    (x1, y1), (x2, y2) = corners
    left, right = max(0, min(x1, x2) - 1), min(bitmap.width, max(x1, x2) + 1)
    channels = bitmap.n_channels
    if channels < 3 or left >= right:
        return
    for row in range(max(0, min(y1, y2) - 1), min(bitmap.height, max(y1, y2) + 1)):
        start = row * bitmap.stride + left * channels + 2
        stop = row * bitmap.stride + right * channels
        pixels[start:stop:channels] = pixels[start:stop:channels].translate(_MARK)


def _find(page: Any, quote: str) -> list[tuple[float, float, float, float]]:
    """Return the rectangles of a quote on a page; letters and digits alone are compared."""
    text_page = page.get_textpage()
    signs, places = [], []
    for place, sign in enumerate(text_page.get_text_range(0, text_page.count_chars())):
        for plain in _plain(sign):
            signs.append(plain)
            places.append(place)
    shown, wanted = "".join(signs), "".join(_plain(quote))
    if not wanted:
        return []
    at, length = shown.find(wanted), len(wanted)
    if at < 0:  # a quote may begin on this page and end on the next, or begin on the one before
        at, length = _longest(shown, wanted)
    if length == 0:
        return []
    first, last = places[at], places[at + length - 1]
    return [text_page.get_rect(n) for n in range(text_page.count_rects(first, last - first + 1))]


def _longest(shown: str, wanted: str) -> tuple[int, int]:
    """Return where the longest beginning of the quote ends the page, or its longest end begins it, or stands on it."""
    best = (0, 0)
    for part in (wanted[:size] for size in range(len(wanted), _LEAST_QUOTE, -max(1, len(wanted) // 64))):
        if (at := shown.find(part)) >= 0:
            best = (at, len(part))
            break
    for part in (wanted[-size:] for size in range(len(wanted), max(_LEAST_QUOTE, best[1]), -max(1, len(wanted) // 64))):
        if (at := shown.find(part)) >= 0:
            return at, len(part)
    return best


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
