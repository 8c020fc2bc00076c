"""Telling that the database is away from a fault of ours, and waiting until it is back."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

OUTAGES: tuple[type[Exception], ...] = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it stops, or has not come up yet
    asyncpg.TooManyConnectionsError,
    DBAPIError,  # what SQLAlchemy wraps; see `is_outage`
)
_LONGEST = 60.0  # seconds
_PAUSE = 0.5


def is_gone(error: BaseException | None) -> bool:
    """Tell whether the driver refuses a connection that was lost; its other refusals are faults of ours."""
    return type(error) is asyncpg.InterfaceError and "connection" in str(error)


def is_outage(error: Exception) -> bool:
    """Tell whether the connection was lost or refused, rather than a statement wrong."""
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or isinstance(cause, OUTAGES) or is_gone(cause)
    return isinstance(error, OUTAGES) and not isinstance(error, asyncpg.QueryCanceledError)


async def outlast(attempt: Callable[[], Awaitable[T]]) -> T:
    """Do what must not be lost and return what it gives; while the database is away, try again, for up to a minute.

    Args:
        attempt: does it; a commit whose answer was lost makes it be done twice.
    """
    ends = time.monotonic() + _LONGEST
    while True:
        try:
            return await attempt()
        except OUTAGES as error:
            if not is_outage(error) or time.monotonic() > ends:
                raise
            await asyncio.sleep(_PAUSE)
