"""The port: points in, numbers of the nearest out."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from medea.kernel.errors import Unavailable
from medea.kernel.ids import TenantId


class VectorStoreAway(Unavailable):
    """The vector store gives no answer, or not the right one; try again in a moment."""

    code = "vectors.unavailable"


class VectorStoreUnusable(Exception):
    """The vector store that was named cannot be used; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which vector, within a tenant.

    Attributes:
        base: number of the knowledge base, unique in the installation.
        version: generation of its vectors.
        chunk: number of the chunk, unique in its base and never given to another.
    """

    base: int
    version: int
    chunk: int


@dataclass(frozen=True, slots=True)
class Point:
    """A vector with its key."""

    key: Key
    vector: Sequence[float]


@dataclass(frozen=True, slots=True)
class Generation:
    """Where a search looks: one generation of one base, whose vectors have so many dimensions."""

    base: int
    version: int
    dimensions: int


class VectorStore(Protocol):
    """Keeps points of all tenants, and finds the nearest of one generation of one base of one tenant.

    Every call but `check` and `close` may raise `VectorStoreAway`. Writing is idempotent: what is written again
    replaces itself, what is deleted and not there is no fault. A store that did not answer lately is not waited for
    again, until some seconds have passed: searches know that of searches, all other calls of one another.
    """

    @property
    def name(self) -> str:
        """What tells this store from others, for as long as it holds the same points: kind, address, prefix."""
        ...

    async def check(self) -> None:
        """See that it answers and lets us in.

        Raises:
            VectorStoreUnusable: it does not.
        """
        ...

    async def upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None:
        """Write points, however many, all of so many dimensions; what they need there is made at first use."""
        ...

    async def delete(self, tenant: TenantId, dimensions: int, keys: Sequence[Key]) -> None:
        """Delete points by their keys."""
        ...

    async def delete_base(self, tenant: TenantId, base: int) -> None:
        """Delete all points of a base, of all generations and dimensions."""
        ...

    async def nearest(self, tenant: TenantId, where: Generation, vector: Sequence[float], limit: int) -> list[int]:
        """Return the numbers of the chunks whose vectors have the largest cosines with this one, the largest first."""
        ...

    def list_keys(self, tenant: TenantId, base: int | None = None) -> AsyncIterator[tuple[int, Key]]:
        """Yield dimensions and keys of all points of a tenant, or of one of its bases, in no order."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
