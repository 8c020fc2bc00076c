"""The narrow face of a database connection that repositories on the hot path see."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from asyncpg import ForeignKeyViolationError, UniqueViolationError

UniqueViolation = UniqueViolationError
"""Raised by a statement that would make two rows alike where a unique index forbids it."""
ForeignKeyViolation = ForeignKeyViolationError
"""Raised by a statement that names a row of another table that is not there."""


class Sql(Protocol):
    """An asyncpg connection inside one open transaction, bound to a tenant."""

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        """Return all rows."""
        ...

    async def fetchrow(self, query: str, *args: Any) -> Any | None:
        """Return the first row or None."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """Return the first column of the first row or None."""
        ...

    async def execute(self, query: str, *args: Any) -> str:
        """Run a statement and return its command tag."""
        ...

    async def executemany(self, command: str, args: Iterable[Sequence[Any]]) -> None:
        """Run a statement once per argument list."""
        ...
