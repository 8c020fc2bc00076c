"""Copies of bases in a vector store: made whole, followed, taken up again after a crash, forgotten."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.periodic import PLATFORM_TENANT
from medea.kernel.context import Context
from medea.kernel.ids import KnowledgeBaseId, TenantId
from medea.kernel.settings import Settings
from medea.kernel.vectors.port import Key, Point, VectorStore
from medea.modules.knowledge.index import copies, graphs, switching
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.service import sweeping
from tests.modules.knowledge.shelf import Shelf
from tests.modules.knowledge.shop import make_base, settled
from tests.modules.knowledge.stores import (
    Copied,
    ask,
    copying,
    number_of,
    silent,
    store_at,
    store_server,
    texts,
    told,
)


@pytest.fixture
async def copied(installation: Installation, settings: Settings) -> AsyncIterator[Copied]:
    async with copying(installation, settings, "qdrant") as made:
        yield made


async def uncopied(copied: Copied, count: int) -> Shelf:
    """Make a base as one is that was filled before there was a store."""
    ports = copied.installation.ports
    copied.installation.ports = dataclasses.replace(ports, vectors=None)
    shelf = await copied.fill(count)
    copied.installation.ports = ports
    return shelf


async def state(shelf: Shelf) -> tuple[str, int, bool] | None:
    async with shelf.database.transaction(shelf.tenant) as sql:
        row = await sql.fetchrow("SELECT store, chunk_number, is_complete FROM knowledge_copies")
    return None if row is None else tuple(row)


class Breaking:
    """A store whose process is killed in its stead: it takes so many writes, then the caller dies."""

    def __init__(self, store: VectorStore, writes: int) -> None:
        self._store = store
        self._left = writes

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None:
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        await self._store.upsert(tenant, dimensions, points)


async def test_a_base_that_was_there_is_copied_and_then_used(copied: Copied) -> None:
    shelf = await uncopied(copied, 300)
    ctx = copied.context(shelf)
    found = await ask(ctx, shelf, "fig date")
    assert copied.server.exchanges[1:] == [], "nobody asks a store that does not have the base"
    assert (found.mode, found.notice) == ("hybrid", None)
    seen: list[tuple[int, int]] = []

    async def tell(done: int, total: int) -> None:
        seen.append((done, total))

    await copies.bring_in_line(ctx, await number_of(shelf), progress=tell)
    assert seen == [(0, 300), (256, 300), (300, 300)]
    assert copied.server.count(shelf.tenant) == 300
    again = await ask(ctx, shelf, "fig date")
    assert told(again) == told(found)
    assert copied.server.exchanges[-1].path.endswith("/query")


async def test_copying_goes_on_where_it_was(copied: Copied) -> None:
    shelf = await uncopied(copied, 700)
    ports = copied.installation.ports
    breaking = Breaking(copied.store, 1)
    ctx = Context(dataclasses.replace(ports, vectors=breaking), system_principal(shelf.tenant))  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        await copies.bring_in_line(ctx, await number_of(shelf), progress=silent)
    assert await state(shelf) == (copied.store.name, 256, False)
    written = sum(each.path.endswith("/points") for each in copied.server.exchanges)
    await copies.bring_in_line(copied.context(shelf), await number_of(shelf), progress=silent)
    assert sum(each.path.endswith("/points") for each in copied.server.exchanges) == written + 2
    assert await state(shelf) == (copied.store.name, 700, True)
    assert copied.server.count(shelf.tenant) == 700


async def test_another_store_gets_all_of_it(copied: Copied, settings: Settings) -> None:
    shelf = await copied.fill(30)
    async with store_server("weaviate") as server:
        other = store_at(settings, "weaviate", server)
        ports = dataclasses.replace(copied.installation.ports, vectors=other)
        ctx = Context(ports, system_principal(shelf.tenant))
        await ask(ctx, shelf, "fig")
        assert server.exchanges == []
        await copies.bring_in_line(ctx, await number_of(shelf), progress=silent)
        assert (await state(shelf)) == (other.name, 30, True)
        assert server.count(shelf.tenant) == 30
        await other.close()


async def test_without_a_store_again_it_is_forgotten_that_there_was_one(copied: Copied) -> None:
    shelf = await copied.fill(10)
    ctx = copied.without(shelf)
    await shelf.put(texts(5, 3, "more"))
    await copies.sweep(ctx)
    assert await state(shelf) is None
    assert await shelf.count("knowledge_copy_changes") == 0
    assert (await ask(ctx, shelf, "fig")).passages


async def test_what_is_deleted_on_its_way_to_the_store_is_deleted_there(copied: Copied) -> None:
    shelf = await Shelf(copied.installation.ports.database).make()
    document_id, _ = await shelf.put(texts(20, 1))
    store = copied.store

    class Slow(Breaking):
        async def upsert(self, tenant: TenantId, dimensions: int, points: Sequence[Point]) -> None:
            await shelf.remove(document_id)  # committed before the store has what was read
            await copies.bring_in_line(copied.context(shelf), points[0].key.base, progress=silent)
            await store.upsert(tenant, dimensions, points)

    ports = dataclasses.replace(copied.installation.ports, vectors=Slow(store, 9))  # type: ignore[arg-type]
    from_worker = dataclasses.replace(copied, installation=dataclasses.replace(copied.installation, ports=ports))
    await from_worker.embed(shelf)
    assert copied.server.count(shelf.tenant) == 0
    assert await shelf.count("knowledge_copy_changes") == 0


async def test_a_sweep_finds_what_is_too_much_and_too_little(copied: Copied) -> None:
    shelf, other = await copied.fill(30), await copied.fill(5, mark="other")
    ctx, number = copied.context(shelf), await number_of(shelf)
    assert await copies.sweep(ctx) == 0
    copied.server.drop_point(shelf.tenant)
    dimensions = await dimensions_of(shelf)
    orphans = [Point(Key(number, 0, 999), [0.1] * dimensions), Point(Key(987_654, 0, 1), [0.1] * dimensions)]
    await copied.store.upsert(shelf.tenant, dimensions, orphans)
    assert await copies.sweep(ctx) == 3
    assert [key.chunk for key in await copied.keys(shelf)] == list(range(1, 31))
    assert await copies.sweep(ctx) == 0
    assert copied.server.count(other.tenant) == 5


async def dimensions_of(shelf: Shelf) -> int:
    async with shelf.database.transaction(shelf.tenant) as sql:
        return int(await sql.fetchval("SELECT embedding_dimensions FROM knowledge_indexes"))


async def test_another_embedding_model_takes_over_in_the_store_too(copied: Copied) -> None:
    shelf = await copied.fill(40)
    async with shelf.database.transaction(shelf.tenant) as sql:
        await sql.execute("UPDATE knowledge_indexes SET embedding_model = 'an earlier one'")
    ctx, number = copied.context(shelf), await number_of(shelf)
    await switching.switch_model(ctx, shelf.base_id, progress=silent)
    assert {key.version for key in await copied.keys(shelf)} == {0, 1}, "both, while searches change over"
    found = await ask(ctx, shelf, "fig date lime")
    assert told(found) == told(await ask(copied.without(shelf), shelf, "fig date lime"))
    await switching.switch_model(ctx, shelf.base_id, progress=silent)  # as the job does that forgets the old ones
    await copies.bring_in_line(ctx, number, progress=silent)
    assert {key.version for key in await copied.keys(shelf)} == {1}


async def test_a_base_that_is_copied_needs_no_graph(copied: Copied) -> None:
    shelf = await copied.fill(30)
    assert not await graphs.tend_graph(copied.context(shelf), shelf.base_id, size=20)


async def test_workers_bring_it_in_line(copied: Copied) -> None:
    shelf = await uncopied(copied, 20)
    await copied.installation.start_worker(is_alone=False)
    nobody = Context(copied.installation.ports, system_principal(PLATFORM_TENANT))
    assert await sweeping.hand_out_unfollowed(nobody) >= 1
    for _ in range(1200):
        if copied.server.count(shelf.tenant) == 20:
            break
        await asyncio.sleep(0.05)
    assert copied.server.count(shelf.tenant) == 20


async def test_nothing_is_handed_out_while_the_store_is_away(copied: Copied) -> None:
    shelf = await uncopied(copied, 3)
    nobody = Context(copied.installation.ports, system_principal(PLATFORM_TENANT))
    copied.server.mode = "refusing"
    assert await sweeping.hand_out_unfollowed(nobody) == 0
    async with copied.installation.ports.database.system() as sql:
        assert (shelf.tenant, await number_of(shelf)) in await copies.list_unfollowed(sql, copied.store.name)
        waiting = "SELECT count(*) FROM jobs WHERE task = 'knowledge.follow_vectors' AND tenant_id = $1"
        assert await sql.fetchval(waiting, shelf.tenant) == 0


async def test_no_tenant_s_bases_stand_before_all_others(copied: Copied) -> None:
    many, few = await uncopied(copied, 2), await uncopied(copied, 2)
    for _ in range(3):
        other = await Shelf(copied.installation.ports.database, tenant=many.tenant).make()
        await other.put(texts(2, 1, "y"))
        await embed_pending(copied.without(other), other.base_id, None, progress=silent)
    async with copied.installation.ports.database.system() as sql:
        whole = await copies.list_unfollowed(sql, copied.store.name)
        tenants = {tenant for tenant, _ in whole}
        some = await copies.list_some_unfollowed(sql, copied.store.name, len(tenants))
    assert len([each for each in whole if each[0] == many.tenant]) == 4
    assert {tenant for tenant, _ in some} == tenants >= {many.tenant, few.tenant}


@pytest.mark.parametrize("what", ["document", "base"])
async def test_what_is_deleted_over_the_api_is_gone_from_the_store(
    copied: Copied, owner: AsyncClient, what: str
) -> None:
    await copied.installation.start_worker(is_alone=False)
    base = await make_base(owner, embedding_model="medea/minilm")
    body = {"name": "Parcels", "text": "Parcels may be returned within thirty days."}
    document = (await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)).json()["id"]
    assert (await settled(owner, document))["status"] == "ready"
    tenant = await tenant_of(copied.installation, base)
    assert copied.server.count(tenant) == 1
    found = await owner.post(f"/v1/knowledge-bases/{base}/search", json={"query": "returned parcels"})
    assert (found.json()["mode"], found.json()["notice"]) == ("hybrid", None)
    assert "store" in found.json()["timings_ms"]
    url = f"/v1/documents/{document}" if what == "document" else f"/v1/knowledge-bases/{base}"
    assert (await owner.delete(url)).status_code == 204
    for _ in range(1200):
        if copied.server.count(tenant) == 0:
            break
        await asyncio.sleep(0.05)
    assert copied.server.count(tenant) == 0


async def tenant_of(installation: Installation, base: str) -> TenantId:
    async with installation.ports.database.system() as sql:
        row = KnowledgeBaseId.parse(base)
        return TenantId(await sql.fetchval("SELECT tenant_id FROM knowledge_bases WHERE id = $1", row))
