"""Bytes to text: by the mark in front, by what a web server said, as UTF-8, or by what is likeliest."""

import codecs
import re

from medea.kernel.extraction.errors import ExtractionFailed

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02
_OTHER_CODECS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape"})
"""Of Python, that no page is written in; the first takes minutes for what somebody made to cost."""


def decode(content: bytes, media_type: str | None = None) -> str:
    """Return the text that these bytes are.

    Raises:
        ExtractionFailed: they are no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(content.decode(encoding, "replace"))
    named = _CHARSET.search(media_type or "")
    declared = _META.search(content[:2048])
    for name in (named[1] if named else None, "utf-8", _text_of(declared)):
        if name is not None and (found := _try(content, name)) is not None:
            return _checked(found)
    return _checked(_guess(content))


def _text_of(declared: re.Match[bytes] | None) -> str | None:
    return None if declared is None else (declared[1] or declared[2]).decode("ascii")


def _try(content: bytes, encoding: str) -> str | None:
    try:
        return None if codecs.lookup(encoding).name in _OTHER_CODECS else content.decode(encoding)
    except (LookupError, UnicodeError, ValueError):
        return None


def _guess(content: bytes) -> str:
    from charset_normalizer import from_bytes  # it takes a while to import, and most texts are UTF-8

    best = from_bytes(content[:_SAMPLE]).best()
    if best is None:
        raise ExtractionFailed(
            "no_text", "This is not a text, or in an encoding that cannot be told; save it as UTF-8."
        )
    # Windows-1250 and 1252 share the signs that texts of western Europe have; the latter is far more common
    encoding = "cp1252" if best.encoding == "cp1250" and _try(content, "cp1252") else best.encoding
    return content.decode(encoding, "replace")


def _checked(text: str) -> str:
    sample = text[:_SAMPLE]
    odd = len(_CONTROLS.findall(sample)) + sample.count("\ufffd")
    if odd > max(8, len(sample) * _MOST_CONTROLS):
        raise ExtractionFailed("no_text", "This is not a text, nor any kind of document that can be read.")
    return _CONTROLS.sub("", text)
