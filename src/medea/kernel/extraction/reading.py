"""Which reader reads what. In the child, except for text that came as text."""

from collections.abc import Callable

from medea.kernel.extraction import kinds
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.protocol import Order
from medea.kernel.extraction.readers.html import read_html
from medea.kernel.extraction.readers.markdown import read_markdown
from medea.kernel.extraction.readers.office import read_office
from medea.kernel.extraction.readers.pdf import read_pdf
from medea.kernel.extraction.readers.plain import decode
from medea.kernel.extraction.readers.table import read_csv
from medea.kernel.extraction.structure import Extraction

OnStep = Callable[[int, int], None]


def read(content: bytes, order: Order, on_step: OnStep) -> Extraction:
    """Read a file. Readers import their libraries, also large ones of Python's own, when they need them.

    Raises:
        ExtractionFailed: it cannot be read.
    """
    if not content:
        raise ExtractionFailed("empty", "The file is empty.")
    found = kinds.recognise(content[: kinds.HEAD_BYTES], order.name)
    extraction = _read(found, content, order, on_step)
    if not extraction.text.strip():
        raise ExtractionFailed("no_text", "There is no text in this file.")
    return extraction


def _read(found: kinds.Kind, content: bytes, order: Order, on_step: OnStep) -> Extraction:
    if found is kinds.PDF:
        return read_pdf(content, order, on_step)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_office(content, order)
    if found is kinds.UNKNOWN:
        what = kinds.what_else(content[: kinds.HEAD_BYTES])
        raise ExtractionFailed(
            "unsupported",
            f"This is {what}." if what else "This is not a text, nor any kind of document that can be read.",
        )
    return _read_text(found, content, order)


def _read_text(found: kinds.Kind, content: bytes, order: Order) -> Extraction:
    text = decode(content, order.media_type)
    if len(text) > order.limits.chars:
        raise ExtractionFailed(
            "text_too_long", f"The text has more than {order.limits.chars / 1e6:g} million characters. Split it."
        )
    if found is kinds.HTML:
        return read_html(text, order.limits)
    if found is kinds.CSV:
        return read_csv(text, order.limits)
    return read_markdown(text)._replace(kind=found.kind)
