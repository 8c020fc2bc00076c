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
