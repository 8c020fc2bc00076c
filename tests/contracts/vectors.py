"""What every vector store does. A test module makes the fixtures `store` and `server` and inherits this."""

import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
import pytest

from medea.kernel.ids import TenantId
from medea.kernel.vectors import searching
from medea.kernel.vectors.port import Generation, Key, Point, VectorStore, VectorStoreAway, VectorStoreUnusable
from tests.support.server import free_port
from tests.support.vectors.server import StoreServer

OURS, THEIRS = TenantId.new(), TenantId.new()
SIZE = 8


def vectors(count: int, seed: int, size: int = SIZE) -> list[list[float]]:
    chance = random.Random(seed)
    return [[round(chance.gauss(0, 1), 4) for _ in range(size)] for _ in range(count)]


def points(count: int, *, base: int = 1, version: int = 0, seed: int = 1, size: int = SIZE) -> list[Point]:
    made = vectors(count, seed, size)
    return [Point(Key(base, version, chunk), made[chunk]) for chunk in range(count)]


def exactly(stored: Sequence[Point], vector: Sequence[float], limit: int) -> list[int]:
    rows, asked = np.array([point.vector for point in stored]), np.array(vector)
    scores = rows @ asked / np.linalg.norm(rows, axis=1)
    return [stored[place].key.chunk for place in np.argsort(-scores)[:limit]]


async def listed(store: VectorStore, tenant: TenantId, base: int | None = None) -> list[tuple[int, Key]]:
    return sorted([found async for found in store.list_keys(tenant, base)])


class VectorStoreContract:
    """The suite."""

    @pytest.fixture(autouse=True)
    async def understood(self, server: StoreServer) -> AsyncIterator[None]:
        yield
        assert server.faults == []

    async def test_all_that_is_said_is_as_published(self, store: VectorStore, server: StoreServer) -> None:
        if not all(published.is_there for published in server.published):
            pytest.skip(f"needs {', '.join(each.file for each in server.published)} in VECTOR_SPECS")
        await store.check()
        await store.upsert(OURS, SIZE, points(20))
        await store.nearest(OURS, Generation(1, 0, SIZE), vectors(1, 2)[0], 5)
        await store.delete(OURS, SIZE, [Key(1, 0, 3)])
        await listed(store, OURS)
        await listed(store, OURS, 1)
        await store.delete_base(OURS, 1)
        assert len(server.exchanges) > 6
        unpublished = server.unpublished()
        assert not unpublished, unpublished

    async def test_it_answers(self, store: VectorStore) -> None:
        await store.check()
        assert store.name

    async def test_one_that_cannot_be_used_is_told_in_a_sentence(self, store: Any, server: StoreServer) -> None:
        said = {}
        for mode in ("refusing", "elsewhere"):
            server.mode = mode
            with pytest.raises(VectorStoreUnusable) as refused:
                await store.check()
            said[mode] = str(refused.value)
        assert "cannot be used: it answers 503; see that this is the address of its REST API." in said["refusing"]
        assert "what answers there is no such store; start it, or correct the address." in said["elsewhere"]
        server.mode, server.key = "up", "another key"
        with pytest.raises(VectorStoreUnusable, match="it refuses the key; correct MEDEA_VECTORS__API_KEY"):
            await store.check()
        store._connection.url = f"http://127.0.0.1:{free_port()}"
        with pytest.raises(VectorStoreUnusable, match="; start it, or correct the address"):
            await store.check()

    async def test_an_empty_store_finds_nothing(self, store: VectorStore) -> None:
        assert await store.nearest(OURS, Generation(1, 0, SIZE), vectors(1, 3)[0], 10) == []
        assert await listed(store, OURS) == []
        await store.delete(OURS, SIZE, [Key(1, 0, 1)])
        await store.delete_base(OURS, 1)

    async def test_the_nearest_are_the_nearest(self, store: VectorStore) -> None:
        stored = points(300)
        await store.upsert(OURS, SIZE, stored)
        for vector in vectors(5, 2):
            found = await store.nearest(OURS, Generation(1, 0, SIZE), vector, 20)
            assert found == exactly(stored, vector, 20)

    async def test_what_is_written_again_replaces_itself(self, store: VectorStore) -> None:
        stored = points(20)
        await store.upsert(OURS, SIZE, stored)
        await store.upsert(OURS, SIZE, stored)
        moved = Point(stored[3].key, stored[7].vector)
        await store.upsert(OURS, SIZE, [moved])
        assert len(await listed(store, OURS)) == 20
        assert set(await store.nearest(OURS, Generation(1, 0, SIZE), stored[7].vector, 2)) == {3, 7}

    async def test_bases_and_generations_are_apart(self, store: VectorStore) -> None:
        for base, version in ((1, 0), (1, 1), (2, 0), (1_000_000, 0)):
            await store.upsert(OURS, SIZE, points(10, base=base, version=version, seed=base + version))
        for base, version in ((1, 0), (1, 1), (2, 0), (1_000_000, 0)):
            stored = points(10, base=base, version=version, seed=base + version)
            found = await store.nearest(OURS, Generation(base, version, SIZE), stored[4].vector, 50)
            assert found == exactly(stored, stored[4].vector, 50)

    async def test_dimensions_are_apart(self, store: VectorStore) -> None:
        small, large = points(5), points(5, version=1, size=2 * SIZE)
        await store.upsert(OURS, SIZE, small)
        await store.upsert(OURS, 2 * SIZE, large)
        assert (await store.nearest(OURS, Generation(1, 0, SIZE), small[2].vector, 1)) == [2]
        assert (await store.nearest(OURS, Generation(1, 1, 2 * SIZE), large[3].vector, 1)) == [3]
        assert await listed(store, OURS, 1) == sorted(
            [(SIZE, point.key) for point in small] + [(2 * SIZE, point.key) for point in large]
        )

    async def test_points_of_another_company_are_not_there(self, store: VectorStore, server: StoreServer) -> None:
        ours, theirs = points(20, seed=1), points(20, base=2, seed=2)
        await store.upsert(OURS, SIZE, ours)
        await store.upsert(THEIRS, SIZE, theirs)
        for vector in (theirs[5].vector, ours[5].vector):
            assert await store.nearest(OURS, Generation(2, 0, SIZE), vector, 50) == []
            assert await store.nearest(OURS, Generation(1, 0, SIZE), vector, 50) == exactly(ours, vector, 50)
        assert {key.base for _, key in await listed(store, OURS)} == {1}
        assert await listed(store, OURS, 2) == []
        await store.delete(OURS, SIZE, [point.key for point in theirs])
        await store.delete_base(OURS, 2)
        assert (server.count(OURS), server.count(THEIRS)) == (20, 20)

    async def test_even_under_the_same_numbers(self, store: VectorStore, server: StoreServer) -> None:
        await store.upsert(OURS, SIZE, points(10, seed=1))
        await store.upsert(THEIRS, SIZE, points(12, seed=2))
        await store.delete(THEIRS, SIZE, [Key(1, 0, 0)])
        await store.delete_base(THEIRS, 1)
        assert (server.count(OURS), server.count(THEIRS)) == (10, 0)
        found = await store.nearest(OURS, Generation(1, 0, SIZE), vectors(1, 2)[0], 50)
        assert found == exactly(points(10, seed=1), vectors(1, 2)[0], 50)

    async def test_deleted_means_deleted(self, store: VectorStore, server: StoreServer) -> None:
        for base in (1, 2):
            await store.upsert(OURS, SIZE, points(30, base=base, seed=base))
        await store.upsert(OURS, SIZE, points(10, base=2, version=1, seed=4))
        await store.upsert(OURS, 2 * SIZE, points(10, base=2, version=2, seed=5, size=2 * SIZE))
        gone = [Key(1, 0, chunk) for chunk in range(0, 30, 2)]
        await store.delete(OURS, SIZE, gone)
        await store.delete(OURS, SIZE, gone)
        assert server.count(OURS) == 65
        left = await store.nearest(OURS, Generation(1, 0, SIZE), vectors(1, 9)[0], 50)
        assert sorted(left) == list(range(1, 30, 2))
        await store.delete_base(OURS, 2)
        assert [key.base for _, key in await listed(store, OURS)] == [1] * 15
        assert server.count(OURS) == 15

    async def test_all_are_listed_however_many(self, store: VectorStore) -> None:
        await store.upsert(OURS, SIZE, points(1300))
        await store.upsert(OURS, SIZE, points(40, base=11))  # the number begins like the other
        assert await listed(store, OURS, 1) == [(SIZE, point.key) for point in points(1300)]
        assert len(await listed(store, OURS)) == 1340

    async def test_long_vectors_go_in_portions(self, store: VectorStore, server: StoreServer) -> None:
        await store.upsert(OURS, 3072, points(120, size=3072))
        assert server.count(OURS) == 120

    async def test_a_store_that_is_away_is_waited_for_once(self, store: VectorStore, server: StoreServer) -> None:
        stored = points(10)
        await store.upsert(OURS, SIZE, stored)
        server.mode = "refusing"
        where = Generation(1, 0, SIZE)
        with pytest.raises(VectorStoreAway):
            await store.nearest(OURS, where, stored[1].vector, 1)
        with pytest.raises(VectorStoreAway):
            await store.upsert(OURS, SIZE, stored)
        server.mode = "up"
        with pytest.raises(VectorStoreAway):  # without asking
            await store.nearest(OURS, where, stored[1].vector, 1)
        store._clock = lambda: 1e12  # type: ignore[attr-defined]
        assert await store.nearest(OURS, where, stored[1].vector, 1) == [1]

    async def test_one_that_says_odd_things_is_away(self, store: VectorStore, server: StoreServer) -> None:
        stored = points(3)
        await store.upsert(OURS, SIZE, stored)
        server.mode = "odd"
        with pytest.raises(VectorStoreAway):
            await store.nearest(OURS, Generation(1, 0, SIZE), stored[0].vector, 1)

    async def test_whatever_is_asked(self, store: VectorStore, server: StoreServer) -> None:
        server.mode = "maintained"
        stored = points(3)
        for call in (
            lambda: store.upsert(OURS, SIZE, stored),
            lambda: store.delete_base(OURS, 1),
            lambda: listed(store, OURS),
            lambda: store.nearest(OURS, Generation(1, 0, SIZE), stored[0].vector, 1),
        ):
            with pytest.raises(VectorStoreAway):
                await call()
        with pytest.raises(VectorStoreUnusable, match="see that this is the address of its REST API"):
            await store.check()
        server.mode = "up"
        await store.upsert(OURS, SIZE, stored)
        assert server.count(OURS) == 3

    async def test_one_that_is_silent_is_not_told_again_and_again(
        self, store: Any, server: StoreServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored, now = points(3), 1000.0
        asked: list[float] = []
        await store.upsert(OURS, SIZE, stored)
        store._clock = lambda: now
        monkeypatch.setattr(searching, "_LOOK_SECONDS", 0.2)
        send = store._connection.ask

        async def ask(*arguments: Any, seconds: float = 30.0, **options: Any) -> Any:
            asked.append(seconds)
            return await send(*arguments, **options, seconds=min(seconds, 0.3))

        monkeypatch.setattr(type(store._connection), "ask", lambda _, *given, **options: ask(*given, **options))
        server.mode = "hanging"

        async def is_told() -> bool:
            asked.clear()
            try:
                await store.upsert(OURS, SIZE, stored)
            except VectorStoreAway:
                return False
            return True

        assert (await is_told(), len(asked)) == (False, 1)
        assert (await is_told(), asked) == (False, []), "it rests"
        now += searching.LONG_PAUSE
        assert (await is_told(), asked) == (False, [0.2]), "it is asked whether it is there, not waited for"
        assert (await is_told(), asked) == (False, [])
        server.mode = "up"
        assert (await is_told(), asked) == (False, [])
        now += searching.LONG_PAUSE
        assert await is_told()
        assert await is_told()
        assert 0.2 not in asked, "nobody doubts it any more"

    async def test_one_that_hangs_is_not_waited_for_long(self, store: VectorStore, server: StoreServer) -> None:
        server.mode = "hanging"
        with pytest.raises(VectorStoreAway):
            await store.nearest(OURS, Generation(1, 0, SIZE), vectors(1, 1)[0], 1)
