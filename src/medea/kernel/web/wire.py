"""Base of wire types and the shape of lists."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import email_validator
from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.text import clean_text

T = TypeVar("T")
U = TypeVar("U")


class Wire(BaseModel):
    """Base of what goes out: built from ORM rows or dataclasses."""

    model_config = ConfigDict(from_attributes=True, serialize_by_alias=True)


class WireIn(BaseModel):
    """Base of what comes in: unknown fields are refused, so that a typing error is not silently dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


# Installations of one's own send to `boss@corp.local` too; the library documents emptying this list for that.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def _storable(value: object) -> object:
    if isinstance(value, str) and clean_text(value) != value:
        raise PydanticCustomError("text", "must not contain NUL characters or unpaired surrogates")
    return value


def _one_line(value: object) -> object:
    if not isinstance(value, str):
        return value
    value = value.strip()
    # Cc, Zl, Zp break lines or drive terminals, Cs is half a character. Other "unprintable" ones are part of
    # words: the joiners of Persian and of emoji, the no-break space before a French question mark.
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in value):
        raise PydanticCustomError("line", "must be one line without control characters")
    return value


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:")


def _moment(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.match(value)):
        return value
    raise PydanticCustomError("moment", "must be a moment as RFC 3339 writes it, such as 2026-01-31T00:00:00Z")


def _email(value: str) -> str:
    try:
        found = email_validator.validate_email(
            value.strip(), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except email_validator.EmailNotValidError as error:
        raise PydanticCustomError("email", "must be an e-mail address like name@example.com") from error
    return found.ascii_email or found.normalized


Text = Annotated[str, BeforeValidator(_storable)]
"""Any text that can be stored: PostgreSQL takes no NUL, UTF-8 no unpaired surrogate. For every field from outside."""

Line = Annotated[str, BeforeValidator(_one_line)]
"""A name or title: surrounding blanks removed, one line, no control characters."""

Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A date with its time. Numbers are none, which would be taken for seconds or for milliseconds, as their size says."""

Email = Annotated[
    str,
    StringConstraints(max_length=254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
"""An e-mail address (RFC 5321, no comments, no quoted names), the domain in lower case and ASCII."""


class ListOf(Wire, Generic[T]):
    """One page of a list.

    `next_cursor` is null on the last page; else send it back as `cursor`.
    """

    data: list[T]
    next_cursor: str | None = None

    @classmethod
    def of(cls, page: Page[Any], read: Callable[[Any], T]) -> "ListOf[T]":
        """Return the wire form of a page, each item read by `read`."""
        return cls(data=[read(item) for item in page.data], next_cursor=page.next_cursor)


def _page_request(
    limit: Annotated[int, Query(ge=1, le=100, description="items per page")] = 50,
    cursor: Annotated[str | None, Query(max_length=500, description="next_cursor of the page before")] = None,
) -> PageRequest:
    return PageRequest(limit, cursor)


Paging = Annotated[PageRequest, Depends(_page_request)]
