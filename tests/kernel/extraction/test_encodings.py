"""Bytes to text: what a server says of them is believed where pages are written so."""

import pytest

from medea.kernel.extraction.readers.plain import decode


def test_what_the_server_says_is_believed() -> None:
    assert decode("Часы".encode("cp1251"), "text/html; charset=windows-1251") == "Часы"


@pytest.mark.parametrize(
    "name", ["punycode", "Punycode", "idna", "unicode_escape", "raw-unicode-escape", "zlib", "none"]
)
def test_no_page_is_written_in_what_is_none_or_takes_minutes(name: str) -> None:
    text = r"<p>Hello \u0041</p>-" + "a" * 50
    assert decode(text.encode(), f"text/html; charset={name}") == text
    declared = f'<meta charset="{name}">' + "é" + text
    assert text in decode(declared.encode("latin-1"))
