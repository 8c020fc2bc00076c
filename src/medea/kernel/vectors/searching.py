"""What all stores have in common: a store that is away is waited for once, then not again for a while.

And whatever an answer lacks that it should have, the store is away: a page of a proxy is no answer of a store.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar, TypeVar

from medea.kernel.ids import TenantId
from medea.kernel.vectors.connection import Connection, StoreRefused, StoreSilent, unusable
from medea.kernel.vectors.port import Generation, Key, Point, VectorStoreAway

T = TypeVar("T")

PAUSE = 5.0
"""Seconds after a search without an answer during which others do not ask."""
LONG_PAUSE = 20.0
"""Seconds after anything else without an answer, which it waited for longer, during which no such thing is tried."""
_LOOK_SECONDS = 5.0
_REQUEST_BYTES = 1_500_000
_BYTES_OF_NUMBER = 12
_ODD = (LookupError, TypeError, ValueError, AttributeError)
"""What reading an answer raises that is JSON, but not a store's."""


class Searching(ABC):
    """A store that is asked over HTTP.

    Searches and all else rest apart: a store that is too busy to be searched may still be told of what changed.

    Args:
        connection: to it.
        seconds: that a search waits.
        clock: seconds that only grow.
    """

    KIND: ClassVar[str]
    """As operators know it."""

    def __init__(self, connection: Connection, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._seconds = seconds
        self._clock = clock
        self._rests_until = self._is_left_until = float("-inf")
        self._is_doubtful = False

    async def check(self) -> None:
        """See that it answers and lets us in."""
        try:
            await self._look(seconds=_LOOK_SECONDS)
        except VectorStoreAway as error:
            raise unusable(self.KIND, error) from error
        except _ODD as error:
            raise unusable(self.KIND, StoreRefused(200, "something else")) from error

    async def nearest(self, tenant: TenantId, where: Generation, vector: Sequence[float], limit: int) -> list[int]:
        """Return the chunks with the largest cosines; see the port."""
        if self._clock() < self._rests_until:
            raise VectorStoreAway(reason="resting")
        try:
            found = await self._find(tenant, where, vector, limit)
        except VectorStoreAway:
            self._rests_until = self._clock() + PAUSE
            raise
        except _ODD as error:
            self._rests_until = self._clock() + PAUSE
            raise VectorStoreAway(reason=type(error).__name__) from error
        self._rests_until = float("-inf")
        return found

    async def upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None:
        """Write points."""
        async with self._speaking():
            await self._upsert(tenant, dimensions, points)

    async def delete(self, tenant: TenantId, dimensions: int, keys: Sequence[Key]) -> None:
        """Delete points by their keys."""
        async with self._speaking():
            await self._delete(tenant, dimensions, keys)

    async def delete_base(self, tenant: TenantId, base: int) -> None:
        """Delete all points of a base."""
        async with self._speaking():
            await self._delete_base(tenant, base)

    async def list_keys(self, tenant: TenantId, base: int | None = None) -> AsyncIterator[tuple[int, Key]]:
        """Yield dimensions and keys of all points of a tenant, or of one of its bases."""
        async with self._speaking():
            async for found in self._list_keys(tenant, base):
                yield found

    async def close(self) -> None:
        """Close connections."""
        await self._connection.close()

    @asynccontextmanager
    async def _speaking(self) -> AsyncIterator[None]:
        """Do what is no search: not while the store rests, and after it was silent only when it answers quickly."""
        if self._clock() < self._is_left_until:
            raise VectorStoreAway(reason="resting")
        try:
            if self._is_doubtful:
                self._is_left_until = self._clock() + LONG_PAUSE  # one asks, the others need not wait for it
                await self._look(seconds=_LOOK_SECONDS)
                self._is_left_until, self._is_doubtful = float("-inf"), False
            yield
        except StoreSilent:
            self._is_left_until, self._is_doubtful = self._clock() + LONG_PAUSE, True
            raise
        except _ODD as error:
            raise VectorStoreAway(reason=type(error).__name__) from error

    @abstractmethod
    async def _look(self, *, seconds: float) -> object: ...

    @abstractmethod
    async def _find(self, tenant: TenantId, where: Generation, vector: Sequence[float], limit: int) -> list[int]: ...

    @abstractmethod
    async def _upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None: ...

    @abstractmethod
    async def _delete(self, tenant: TenantId, dimensions: int, keys: Sequence[Key]) -> None: ...

    @abstractmethod
    async def _delete_base(self, tenant: TenantId, base: int) -> None: ...

    @abstractmethod
    def _list_keys(self, tenant: TenantId, base: int | None) -> AsyncIterator[tuple[int, Key]]: ...


def portions(items: Sequence[T], dimensions: int, most: int) -> Iterator[Sequence[T]]:
    """Cut points into requests of about 1.5 MB and at most so many (Pinecone takes 2 MB, Qdrant 32 MB)."""
    size = max(1, min(most, _REQUEST_BYTES // (dimensions * _BYTES_OF_NUMBER)))
    for start in range(0, len(items), size):
        yield items[start : start + size]
