"""Text that PostgreSQL takes.

PostgreSQL stores no NUL character in text or jsonb, and UTF-8 has no lone surrogates; models and clients
send both. They are removed here, and nowhere else.
"""

import re
from typing import Any

import msgspec

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Remove what PostgreSQL cannot store: NUL and lone surrogates."""
    return _REFUSED.sub("", text) if _REFUSED.search(text) else text


def clean_value(value: Any) -> Any:
    """Remove it from every string of a JSON-like value (dicts, lists, strings), keys included."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_value(key): clean_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_value(item) for item in value]
    return value


def json_text(value: Any) -> str:
    """Encode a value as JSON that a jsonb column takes.

    Costs one substring search over plain `msgspec.json.encode` as long as there is nothing to remove.

    Raises:
        TypeError: a type that has no JSON form.
    """
    try:
        encoded = msgspec.json.encode(value)
    except UnicodeEncodeError:
        return _cleaned(value)
    if b"\\u0000" in encoded:  # also met as an escaped backslash before "u0000": then cleaning changes nothing
        return _cleaned(value)
    return encoded.decode()


def _cleaned(value: Any) -> str:
    return msgspec.json.encode(clean_value(_builtins(value))).decode()


def _builtins(value: Any) -> Any:
    return msgspec.to_builtins(value)
