"""Telling that the database is away from a fault of ours."""

import asyncpg
from sqlalchemy.exc import DBAPIError

OUTAGES: tuple[type[Exception], ...] = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it stops, or has not come up yet
    asyncpg.TooManyConnectionsError,
    DBAPIError,  # what SQLAlchemy wraps; see `is_outage`
)


def is_gone(error: BaseException | None) -> bool:
    """Tell whether the driver refuses a connection that was lost; its other refusals are faults of ours."""
    return type(error) is asyncpg.InterfaceError and "connection" in str(error)


def is_outage(error: Exception) -> bool:
    """Tell whether the connection was lost or refused, rather than a statement wrong."""
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or isinstance(cause, OUTAGES) or is_gone(cause)
    return isinstance(error, OUTAGES) and not isinstance(error, asyncpg.QueryCanceledError)
