"""Whatever text comes in, what goes to PostgreSQL is text it takes."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.text import clean_text, clean_value, json_text

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20) | st.sampled_from(["\0", "\\u0000", "\ud800"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(ANY_TEXT)
def test_only_what_cannot_be_stored_is_removed(text: str) -> None:
    cleaned = clean_text(text)
    assert "\0" not in cleaned
    cleaned.encode()
    assert cleaned == "".join(c for c in text if c != "\0" and not 0xD800 <= ord(c) <= 0xDFFF)


@given(JSON)
def test_json_text_decodes_to_the_cleaned_value(value: Any) -> None:
    assert msgspec.json.decode(json_text(value)) == clean_value(value)
