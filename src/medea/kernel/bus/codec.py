"""JSON of job payloads: msgspec, plus our typed ids."""

import uuid
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from medea.kernel.ids import Id

T = TypeVar("T")


def _decode_hook(kind: type, value: Any) -> Any:
    if issubclass(kind, Id):
        if not isinstance(value, str):
            raise TypeError(f"an id is text, not {type(value).__name__}")
        return kind.parse(value) if "_" in value else kind(uuid.UUID(value))
    raise NotImplementedError(f"no JSON form for {kind!r}")


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=_decode_hook)


def decode_as(kind: type[T], payload: str | bytes) -> T:
    """Decode JSON to a type; the decoder is built once per type.

    Raises:
        msgspec.DecodeError: not JSON.
        msgspec.ValidationError: does not fit the type.
    """
    decoded: T = _decoder(cast(Any, kind)).decode(payload)
    return decoded
