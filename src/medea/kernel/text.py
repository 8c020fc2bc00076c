"""Text and JSON that PostgreSQL takes; what it does not take is said in `characters`."""

from typing import Any

import msgspec

from medea.kernel.characters import clean_text

__all__ = ["clean_text", "clean_value", "json_text"]


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
