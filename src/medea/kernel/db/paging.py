"""Cursor paging: opaque, URL-safe, and checked."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from medea.kernel.errors import FieldError, Invalid
from medea.kernel.ids import Id
from medea.kernel.text import clean_text

T = TypeVar("T")
U = TypeVar("U")
AnyId = TypeVar("AnyId", bound=Id)
Key = list[str | int]

_BIGINT = 2**63


def bad_cursor() -> Invalid:
    """Return the refusal of a cursor that no list of ours gave."""
    return Invalid(
        "The cursor is not one that this API gave.",
        errors=[FieldError("cursor", "use the next_cursor of the page before, or leave it out", "cursor")],
    )


def _is_storable(part: str | int) -> bool:
    """Tell whether PostgreSQL can compare with it: a bigint, or text without NUL."""
    return abs(part) < _BIGINT if isinstance(part, int) else clean_text(part) == part


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        data: at most `limit` items.
        next_cursor: where the next page starts, or None at the end.
    """

    data: Sequence[T]
    next_cursor: str | None

    def map(self, change: Callable[[T], U]) -> "Page[U]":
        """Return the page with every item changed."""
        return Page([change(item) for item in self.data], self.next_cursor)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What part of a list is asked for.

    Attributes:
        limit: 1 to 100.
        cursor: `next_cursor` of the page before.
    """

    limit: int = 50
    cursor: str | None = None

    def key(self, length: int) -> Key | None:
        """Return the sort key after which the page starts, or None for the first page.

        Raises:
            Invalid: the cursor was not made by this API.
        """
        if self.cursor is None:
            return None
        try:
            padded = self.cursor + "=" * (-len(self.cursor) % 4)
            key = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[str | int])
        except (binascii.Error, ValueError, UnicodeError, msgspec.MsgspecError):
            key = []
        if len(key) != length or not all(_is_storable(part) for part in key):
            raise bad_cursor()
        return key

    def id_key(self, kind: type[AnyId]) -> AnyId | None:
        """Return the id after which the page of a list ordered by ids starts, or None for the first page.

        Raises:
            Invalid: the cursor was not made by this API.
        """
        key = self.key(1)
        if key is None:
            return None
        if (found := kind.find(str(key[0]))) is None:
            raise bad_cursor()
        return found

    def page(self, rows: Sequence[T], key: Callable[[T], Key]) -> Page[T]:
        """Cut `limit + 1` fetched rows to a page.

        Args:
            rows: up to `limit + 1` rows in list order.
            key: the sort key of a row.
        """
        if len(rows) <= self.limit:
            return Page(rows, None)
        kept = rows[: self.limit]
        encoded = base64.urlsafe_b64encode(msgspec.json.encode(key(kept[-1]))).rstrip(b"=")
        return Page(kept, encoded.decode())
