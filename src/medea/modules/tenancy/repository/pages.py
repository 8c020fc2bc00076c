"""Paging by id: UUIDv7 sorts by creation."""

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.errors import FieldError, Invalid
from medea.kernel.ids import Id

T = TypeVar("T")


async def page_of(
    db: AsyncSession, query: Select[tuple[T]], column: InstrumentedAttribute[Any], request: PageRequest, kind: type[Id]
) -> Page[T]:
    """Return a page of rows in order of creation.

    Raises:
        Invalid: the cursor was not made by this API.
    """
    key = request.key(1)
    if key is not None:
        query = query.where(column > _id(key[0], kind))
    rows: Sequence[Any] = (await db.scalars(query.order_by(column).limit(request.limit + 1))).all()
    return request.page(rows, lambda row: [row.id.hex])


def _id(value: object, kind: type[Id]) -> Id:
    try:
        return kind(uuid.UUID(hex=str(value)))
    except ValueError as error:
        raise Invalid(
            "The cursor is not one that this API gave.",
            errors=[FieldError("cursor", "use the next_cursor of the page before, or leave it out", "cursor")],
        ) from error
