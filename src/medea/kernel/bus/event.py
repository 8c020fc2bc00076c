"""Events: what a module announces, in the past tense, versioned."""

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform

from medea.kernel.bus.codec import decode_as
from medea.kernel.text import json_text

T = TypeVar("T")


class Event(Protocol):
    """A class made by `@event`."""

    __event_name__: ClassVar[str]
    __event_version__: ClassVar[int]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass_transform(kw_only_default=True, frozen_default=True)
def event(name: str, *, version: int = 1) -> Callable[[type[T]], type[T]]:
    """Make a frozen, slotted, keyword-only dataclass that can be emitted.

    Between versions of one name fields may be added with a default, never renamed or removed: jobs written
    by the previous release must still decode. Otherwise take another name.

    Args:
        name: `<module>.<past_tense>`, stable for ever.
        version: of the fields.

    Raises:
        ValueError: the name does not look like that.
    """
    module, dot, what = name.partition(".")
    if not (dot and module.isidentifier() and what.isidentifier() and name.islower()):
        raise ValueError(f"an event is named <module>.<past_tense>, not {name!r}")

    def make(cls: type[T]) -> type[T]:
        made = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.__event_name__ = name  # type: ignore[attr-defined]
        made.__event_version__ = version  # type: ignore[attr-defined]
        return made

    return make


def is_event(value: object) -> bool:
    """Tell whether a class or instance was made by `@event`."""
    return hasattr(value, "__event_name__")


def event_name(value: Any) -> str:
    """Return the stable name of an event class or instance.

    Raises:
        TypeError: it was not made by `@event`.
    """
    name = getattr(value, "__event_name__", None)
    if not isinstance(name, str):
        raise TypeError(f"{value!r} is not an @event")
    return name


def encode_event(value: object) -> str:
    """Encode an event as JSON text: typed ids as UUIDs, times in RFC 3339.

    Raises:
        TypeError: not an event, or a field has no JSON form.
    """
    event_name(value)
    return json_text(value)


def decode_event(kind: type[T], payload: str | bytes) -> T:
    """Read an event back.

    Raises:
        msgspec.ValidationError: the payload does not fit the class.
    """
    event_name(kind)
    return decode_as(kind, payload)
