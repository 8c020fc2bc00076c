"""Base of wire types and the shape of lists."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict

from medea.kernel.db.paging import Page, PageRequest

T = TypeVar("T")
U = TypeVar("U")


class Wire(BaseModel):
    """Base of what goes out: built from ORM rows or dataclasses."""

    model_config = ConfigDict(from_attributes=True, serialize_by_alias=True)


class WireIn(BaseModel):
    """Base of what comes in: unknown fields are refused, so that a typing error is not silently dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


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
