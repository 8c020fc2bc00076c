"""What every implementation of `Caches` must do."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from medea.kernel.cache.base import Caches, CacheSpec
from medea.kernel.ids import TenantId
from tests.contracts.eventually import eventually


class Source:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    def of(self, value: str) -> Callable[[], Awaitable[str]]:
        async def load() -> str:
            self.asked += 1
            await self.gate.wait()
            return value

        return load


SPEC: CacheSpec[str] = CacheSpec("tests.words", ttl=60, size=10)


class CachesContract:
    """Subclass it with fixtures `here` and `there`: two processes' caches, or the same one twice."""

    @pytest.fixture
    def source(self) -> Source:
        return Source()

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId.new()

    async def test_a_value_is_loaded_once(self, here: Caches, source: Source, tenant: TenantId) -> None:
        cache = here.make(SPEC)
        source.gate.clear()
        asking = [asyncio.create_task(cache.get(tenant, "a", source.of("x"))) for _ in range(5)]
        await asyncio.sleep(0.01)
        asking[0].cancel()
        source.gate.set()
        assert await asyncio.gather(*asking[1:]) == ["x"] * 4
        assert await cache.get(tenant, "a", source.of("y")) == "x"
        assert source.asked == 1

    async def test_tenants_do_not_share(self, here: Caches, source: Source, tenant: TenantId) -> None:
        cache = here.make(SPEC)
        assert await cache.get(tenant, "a", source.of("mine")) == "mine"
        assert await cache.get(TenantId.new(), "a", source.of("theirs")) == "theirs"
        assert await cache.get(None, "a", source.of("nobody's")) == "nobody's"
        assert await cache.get(tenant, "a", source.of("?")) == "mine"

    async def test_what_is_forgotten_is_loaded_again_everywhere(
        self, here: Caches, there: Caches, source: Source, tenant: TenantId
    ) -> None:
        mine = here.make(SPEC)
        theirs = mine if there is here else there.make(SPEC)
        for cache in (mine, theirs):
            for key in ("a", "b\nc"):
                await cache.get(tenant, key, source.of("old"))
        await mine.forget(tenant, "b\nc")
        assert await mine.get(tenant, "b\nc", source.of("new")) == "new"
        assert await mine.get(tenant, "a", source.of("new")) == "old"
        await self.until_new(theirs, tenant, "b\nc", source)
        await mine.forget(tenant)
        await self.until_new(mine, tenant, "a", source)
        await self.until_new(theirs, tenant, "a", source)

    async def until_new(self, cache: object, tenant: TenantId, key: str, source: Source) -> None:
        got: list[str] = []
        for _ in range(6000):
            got.append(await cache.get(tenant, key, source.of("new")))  # type: ignore[attr-defined]
            if got[-1] == "new":
                break
            await asyncio.sleep(0.01)
        await eventually(lambda: got[-1] == "new", seconds=0.1)

    async def test_a_load_that_was_overtaken_is_not_remembered(
        self, here: Caches, source: Source, tenant: TenantId
    ) -> None:
        cache = here.make(SPEC)
        source.gate.clear()
        asking = asyncio.create_task(cache.get(tenant, "a", source.of("old")))
        await asyncio.sleep(0.01)
        await cache.forget(tenant, "a")
        later = asyncio.create_task(cache.get(tenant, "a", source.of("new")))
        await asyncio.sleep(0.01)
        source.gate.set()
        assert list(await asyncio.gather(asking, later)) == ["old", "new"]
        assert await cache.get(tenant, "a", source.of("?")) == "new"

    async def test_a_look_waits_for_nothing_and_loads_nothing(
        self, here: Caches, source: Source, tenant: TenantId
    ) -> None:
        cache = here.make(SPEC)
        assert cache.peek(tenant, "a") is None
        await cache.get(tenant, "a", source.of("x"))
        assert (cache.peek(tenant, "a"), cache.peek(tenant, "b"), source.asked) == ("x", None, 1)
        await cache.forget(tenant, "a")
        assert cache.peek(tenant, "a") is None

    async def test_a_failure_is_not_remembered(self, here: Caches, source: Source, tenant: TenantId) -> None:
        cache = here.make(SPEC)

        async def fail() -> str:
            raise LookupError("gone")

        with pytest.raises(LookupError, match="gone"):
            await cache.get(tenant, "a", fail)
        assert await cache.get(tenant, "a", source.of("x")) == "x"

    async def test_a_name_is_used_once(self, here: Caches) -> None:
        here.make(SPEC)
        with pytest.raises(ValueError, match="already"):
            here.make(SPEC)
