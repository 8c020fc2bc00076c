"""Caches in memory: the contract, and what is particular to memory."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from medea.kernel.cache.base import CacheSpec
from medea.kernel.cache.memory import MemoryCache, MemoryCaches
from medea.kernel.ids import TenantId
from medea.kernel.signals.local import MemorySignals
from medea.kernel.signals.postgres import PostgresSignals
from tests.contracts.caches import CachesContract, Source
from tests.contracts.eventually import eventually


class TestOneProcess(CachesContract):
    @pytest.fixture
    def here(self) -> MemoryCaches:
        return MemoryCaches(MemorySignals())

    @pytest.fixture
    def there(self, here: MemoryCaches) -> MemoryCaches:
        return here


@pytest.fixture
async def here(database_url: str) -> AsyncIterator[MemoryCaches]:
    signals = PostgresSignals(database_url)
    await signals.start()
    yield MemoryCaches(signals)
    await signals.close()


@pytest.fixture
async def there(database_url: str) -> AsyncIterator[MemoryCaches]:
    signals = PostgresSignals(database_url)
    await signals.start()
    yield MemoryCaches(signals)
    await signals.close()


@pytest.mark.usefixtures("here", "there")
class TestTwoProcesses(CachesContract):
    pass


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_value_has_its_time() -> None:
    time, source, tenant = Time(), Source(), TenantId.new()
    cache: MemoryCache[str] = MemoryCaches(MemorySignals(), clock=time).make(CacheSpec("tests.words", ttl=10))
    assert await cache.get(tenant, "a", source.of("1")) == "1"
    time.now += 9.9
    assert await cache.get(tenant, "a", source.of("2")) == "1"
    time.now += 0.2
    assert await cache.get(tenant, "a", source.of("3")) == "3"
    assert (cache.uses.hits, cache.uses.misses) == (1, 2)


async def test_the_least_recently_used_goes_first() -> None:
    source, tenant = Source(), TenantId.new()
    cache: MemoryCache[str] = MemoryCaches(MemorySignals()).make(CacheSpec("tests.words", size=2))
    for key in ("a", "b", "a", "c", "a"):
        await cache.get(tenant, key, source.of(key))
    assert len(cache) == 2
    assert source.asked == 3
    await cache.get(tenant, "b", source.of("b"))
    assert source.asked == 4


async def test_after_a_gap_in_the_signals_everything_is_forgotten(here: MemoryCaches, database_url: str) -> None:
    source, tenant = Source(), TenantId.new()
    cache: MemoryCache[str] = here.make(CacheSpec("tests.words"))
    await cache.get(tenant, "a", source.of("1"))
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'medea-signals'"
    )
    await connection.close()
    await eventually(lambda: len(cache) == 0)
