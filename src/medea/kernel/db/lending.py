"""Lending connections of a pool, with an eye on how long borrowers wait."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import asyncpg

KEEP_SECONDS = 60.0
SHOWN_AFTER = 1000  # loans, one goes back to the pool, which renews connections that have answered 50,000 queries


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

    asyncpg's pool makes a task, a timer and a proxy for each loan, which costs more than a small statement. So what
    was given back in good order stays here for the next borrower; the pool sees it again when it was not wanted for a
    while, when somebody waits for the pool, when something went wrong with it, and now and then.

    Args:
        name: of the pool.
        pool: asyncpg's.
        keep_seconds: after which a connection that nobody wants goes back to the pool.
    """

    __slots__ = ("_keep", "_kept", "_lent", "_name", "_pool", "_returning", "_timer", "_waited", "_waiting")

    def __init__(self, name: str, pool: asyncpg.Pool, *, keep_seconds: float = KEEP_SECONDS) -> None:
        self._name = name
        self._pool = pool
        self._keep = keep_seconds
        self._kept: deque[tuple[Any, float]] = deque()  # the one used last at the right, with the time
        self._timer: asyncio.TimerHandle | None = None
        self._returning: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._lent = 0
        self._waited = 0.0

    def lend(self) -> "Loan":
        """Return a connection's loan, to be entered."""
        return Loan(self)

    @property
    def use(self) -> PoolUse:
        """How it is used at this moment."""
        kept = sum(_is_alive(connection) for connection, _ in self._kept)
        size, idle = self._pool.get_size(), self._pool.get_idle_size() + kept
        return PoolUse(
            self._name, size - idle, idle, self._pool.get_max_size(), self._waiting, self._lent, self._waited
        )

    async def acquire(self) -> Any:
        """Wait for a connection."""
        self._lent += 1
        while self._kept:
            connection, _ = self._kept.pop()
            if _is_alive(connection):
                return connection
            await self._pool.release(connection)
        began = time.perf_counter()
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1
            self._waited += time.perf_counter() - began

    async def release(self, connection: Any, *, is_sound: bool) -> None:
        """Take a connection back.

        Args:
            connection: that was lent.
            is_sound: nothing went wrong with it, so that it may be lent again as it is.
        """
        is_due = self._lent % SHOWN_AFTER == 0
        if not is_sound or is_due or self._waiting or self._pool.is_closing() or not _is_alive(connection):
            await self._pool.release(connection)
            return
        loop = asyncio.get_running_loop()
        self._kept.append((connection, loop.time()))
        if self._timer is None:
            self._timer = loop.call_later(self._keep, self._return_unwanted)

    def _return_unwanted(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._kept and self._kept[0][1] + self._keep <= loop.time():
            task = loop.create_task(self._pool.release(self._kept.popleft()[0]))
            self._returning.add(task)
            task.add_done_callback(self._returning.discard)
        if self._kept:
            self._timer = loop.call_at(self._kept[0][1] + self._keep, self._return_unwanted)

    async def close(self) -> None:
        """Close the pool, waiting for what is lent."""
        if self._timer is not None:
            self._timer.cancel()
        while self._kept:
            await self._pool.release(self._kept.popleft()[0])
        await self._pool.close()


def _is_alive(connection: Any) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # it was lost, and the pool has taken it back by itself
        return False


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
        await self._lender.release(self._connection, is_sound=kind is None)
