"""The port of caches."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from medea.kernel.ids import TenantId

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class CacheSpec(Generic[V]):
    """What one cache remembers.

    Attributes:
        name: `<module>.<what>`, part of every key.
        ttl: seconds after which a value is loaded again.
        size: entries per process; the least recently used goes first.
    """

    name: str
    ttl: float = 60.0
    size: int = 1000


@dataclass(slots=True)
class CacheUses:
    """How a cache was used since the start.

    Attributes:
        hits: values that were there.
        misses: values that were not; of those who ask at once each counts, though one load serves them.
        loads: how often a value was read.
        load_seconds: time that took in all.
        evictions: values that went for want of room.
        forgotten: values that were to be forgotten, for what they told was no longer so.
    """

    hits: int = 0
    misses: int = 0
    loads: int = 0
    load_seconds: float = 0.0
    evictions: int = 0
    forgotten: int = 0


class Cache(Protocol[V]):
    """One kind of value, keyed by tenant and text."""

    async def get(self, tenant_id: TenantId | None, key: str, load: Callable[[], Awaitable[V]]) -> V:
        """Return the remembered value, or load it once for all who ask at the same time.

        Args:
            tenant_id: whose value; None for what belongs to no tenant (a key's hash, say).
            key: which value.
            load: reads it; what it raises is raised here and not remembered.
        """
        ...

    def peek(self, tenant_id: TenantId | None, key: str) -> V | None:
        """Return the remembered value, or None where it would have to be loaded. Waits for nothing."""
        ...

    async def forget(self, tenant_id: TenantId | None, key: str | None = None) -> None:
        """Forget one value, or all of a tenant, in every process.

        A load that is under way is not remembered. Call it after the commit that changed the truth.
        """
        ...


class Caches(Protocol):
    """Makes caches."""

    def make(self, spec: CacheSpec[V]) -> Cache[V]:
        """Make the cache of a spec.

        Raises:
            ValueError: there is one of this name already.
        """
        ...

    @property
    def uses(self) -> dict[str, tuple[CacheUses, int]]:
        """How each was used since the start, and how many entries it has, by name."""
        ...
