"""Caches in the memory of one process, told by signals what to forget."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from medea.kernel.cache.base import CacheSpec, CacheUses
from medea.kernel.ids import TenantId
from medea.kernel.signals.base import Signals

V = TypeVar("V")
Key = tuple[TenantId | None, str]

TOPIC = "cache.forget"


class _Load(Generic[V]):
    """One load for all who wait for it; `is_stale` once its value was to be forgotten."""

    __slots__ = ("is_stale", "task")

    def __init__(self, task: asyncio.Task[V]) -> None:
        self.task = task
        self.is_stale = False


class MemoryCache(Generic[V]):
    """One cache. See `Cache`.

    Args:
        spec: what it remembers.
        signals: tells other processes what to forget.
        clock: seconds, rising; for tests.
    """

    def __init__(self, spec: CacheSpec[V], signals: Signals, clock: Callable[[], float] = time.monotonic) -> None:
        self._spec = spec
        self._signals = signals
        self._clock = clock
        self._entries: OrderedDict[Key, tuple[float, V]] = OrderedDict()
        self._loads: dict[Key, _Load[V]] = {}
        self.uses = CacheUses()

    async def get(self, tenant_id: TenantId | None, key: str, load: Callable[[], Awaitable[V]]) -> V:
        """Return the remembered value, or load it once for all who ask at the same time."""
        full = (tenant_id, key)
        entry = self._entries.get(full)
        if entry is not None and entry[0] > self._clock():
            self._entries.move_to_end(full)
            self.uses.hits += 1
            return entry[1]
        self.uses.misses += 1
        loading = self._loads.get(full)
        if loading is None:
            loading = self._loads[full] = _Load(asyncio.create_task(_run(load), name=f"cache-{self._spec.name}"))
            began = time.perf_counter()
            loading.task.add_done_callback(lambda _: self._loaded(full, loading, began))
        return await asyncio.shield(loading.task)  # one who goes away does not take the others' value along

    def peek(self, tenant_id: TenantId | None, key: str) -> V | None:
        """Return the remembered value, or None where it would have to be loaded."""
        entry = self._entries.get((tenant_id, key))
        if entry is None or entry[0] <= self._clock():
            return None
        self.uses.hits += 1
        return entry[1]

    async def forget(self, tenant_id: TenantId | None, key: str | None = None) -> None:
        """Forget one value, or all of a tenant, in every process."""
        tenant = "" if tenant_id is None else tenant_id.hex
        parts = [self._spec.name, tenant] if key is None else [self._spec.name, tenant, key]
        self.forget_here(tenant_id, key)  # even if nobody can be told
        await self._signals.publish(TOPIC, "\n".join(parts))

    def forget_here(self, tenant_id: TenantId | None, key: str | None = None) -> None:
        """Forget in this process only."""
        if key is not None:
            self._forget((tenant_id, key))
            return
        for full in [full for full in (*self._entries, *self._loads) if full[0] == tenant_id]:
            self._forget(full)

    def clear(self) -> None:
        """Forget everything in this process."""
        for full in (*self._entries, *self._loads):
            self._forget(full)

    def _forget(self, full: Key) -> None:
        if self._entries.pop(full, None) is not None:
            self.uses.forgotten += 1
        if (loading := self._loads.pop(full, None)) is not None:
            loading.is_stale = True

    def _loaded(self, full: Key, loading: _Load[V], began: float) -> None:
        self.uses.loads += 1
        self.uses.load_seconds += time.perf_counter() - began
        if self._loads.get(full) is loading:
            del self._loads[full]
        if loading.task.cancelled() or loading.task.exception() is not None or loading.is_stale:
            return
        self._entries[full] = (self._clock() + self._spec.ttl, loading.task.result())
        self._entries.move_to_end(full)
        while len(self._entries) > self._spec.size:
            self._entries.popitem(last=False)
            self.uses.evictions += 1

    def __len__(self) -> int:
        return len(self._entries)


class MemoryCaches:
    """All caches of this process. See `Caches`.

    Args:
        signals: carries what is to be forgotten; after a gap in them everything is.
        clock: seconds, rising; for tests.
    """

    def __init__(self, signals: Signals, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._signals = signals
        self._clock = clock
        self._caches: dict[str, MemoryCache[Any]] = {}
        self._unsubscribe = signals.subscribe(TOPIC, self._on_signal, on_gap=self.clear)

    def make(self, spec: CacheSpec[V]) -> MemoryCache[V]:
        """Make the cache of a spec."""
        if spec.name in self._caches:
            raise ValueError(f"there is a cache named {spec.name} already")
        cache = MemoryCache(spec, self._signals, self._clock)
        self._caches[spec.name] = cache
        return cache

    def clear(self) -> None:
        """Forget everything in this process."""
        for cache in self._caches.values():
            cache.clear()

    @property
    def uses(self) -> dict[str, tuple[CacheUses, int]]:
        """How each was used since the start, and how many entries it has, by name."""
        return {name: (cache.uses, len(cache)) for name, cache in self._caches.items()}

    def close(self) -> None:
        """Listen no more."""
        self._unsubscribe()

    def _on_signal(self, payload: str) -> None:
        name, _, rest = payload.partition("\n")
        tenant, has_key, key = rest.partition("\n")
        if (cache := self._caches.get(name)) is not None:
            cache.forget_here(TenantId(int(tenant, 16)) if tenant else None, key if has_key else None)


async def _run(load: Callable[[], Awaitable[V]]) -> V:
    return await load()
