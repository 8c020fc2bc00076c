"""Lending connections of a pool, with an eye on how long borrowers wait."""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import asyncpg


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How a pool is used at this moment.

    Attributes:
        name: of the pool.
        busy: connections at work.
        idle: open connections with nothing to do.
        limit: most connections.
        waiting: who waits for one; None where the pool does not tell.
        lent: connections lent since the start; None likewise.
        waited: seconds that borrowers have waited since the start; None likewise.
    """

    name: str
    busy: int
    idle: int
    limit: int
    waiting: int | None = None
    lent: int | None = None
    waited: float | None = None


class Lender:
    """Lends the connections of a pool: `async with lender.lend() as connection`.

    Args:
        name: of the pool.
        pool: asyncpg's.
    """

    __slots__ = ("_lent", "_name", "_pool", "_waited", "_waiting")

    def __init__(self, name: str, pool: asyncpg.Pool) -> None:
        self._name = name
        self._pool = pool
        self._waiting = 0
        self._lent = 0
        self._waited = 0.0

    def lend(self) -> "Loan":
        """Return a connection's loan, to be entered."""
        return Loan(self)

    @property
    def use(self) -> PoolUse:
        """How it is used at this moment."""
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return PoolUse(
            self._name, size - idle, idle, self._pool.get_max_size(), self._waiting, self._lent, self._waited
        )

    async def acquire(self) -> Any:
        """Wait for a connection."""
        began = time.perf_counter()
        self._waiting += 1
        try:
            connection = await self._pool.acquire()
        finally:
            self._waiting -= 1
            self._waited += time.perf_counter() - began
        self._lent += 1
        return connection

    async def release(self, connection: Any) -> None:
        """Take it back."""
        await self._pool.release(connection)


class Loan:
    """One connection for the time of a block. Made for every transaction, so without a generator."""

    __slots__ = ("_connection", "_lender")

    def __init__(self, lender: Lender) -> None:
        self._lender = lender
        self._connection: Any = None

    async def __aenter__(self) -> Any:
        self._connection = await self._lender.acquire()
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._lender.release(self._connection)
