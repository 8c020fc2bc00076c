"""Searching, writing and deleting with each vector store: the same results as without, whatever happens to it."""

from collections.abc import AsyncIterator

import pytest

from medea.apps.bootstrap import Installation
from medea.kernel.settings import Settings
from medea.kernel.telemetry import metrics
from medea.kernel.vectors.port import VectorStoreAway
from medea.modules.knowledge import facade
from medea.modules.knowledge.index import copies, documents
from medea.modules.knowledge.retrieval import outside
from tests.modules.knowledge.shelf import Shelf
from tests.modules.knowledge.stores import KINDS, Copied, ask, copying, number_of, silent, texts, told
from tests.support.vectors.server import StoreServer


@pytest.fixture(params=KINDS)
async def copied(
    request: pytest.FixtureRequest, installation: Installation, settings: Settings
) -> AsyncIterator[Copied]:
    async with copying(installation, settings, request.param) as made:
        yield made


def searches(server: StoreServer) -> int:
    return sum(each.path.endswith(("/query", "/graphql")) for each in server.exchanges)


async def test_the_same_is_found_as_in_postgresql(copied: Copied) -> None:
    shelf = await copied.fill(260)
    for query in ("fig date lime", "melon", "something that no text has", "kiwi kiwi plum"):
        for settings in ({"rerank": "none", "vector_weight": 1.0}, {"rerank": "features"}, {}):
            found = await ask(copied.context(shelf), shelf, query, settings=settings)
            expected = await ask(copied.without(shelf), shelf, query, settings=settings)
            assert told(found) == told(expected)
            assert (found.mode, found.notice) == ("hybrid", None)
            assert "store" in found.timings_ms
    assert searches(copied.server) == 12
    assert copied.server.count(shelf.tenant) == 260


async def test_several_bases_and_a_filter(copied: Copied) -> None:
    shelf = await copied.fill(60)
    other = await Shelf(copied.installation.ports.database, tenant=shelf.tenant).make()
    await other.put(texts(40, 3, "of"), metadata={"kind": "other"})
    await copied.embed(other)
    bases = [shelf.base_id, other.base_id]
    found = await facade.search(copied.context(shelf), bases, "fig peach", top_k=30)
    assert told(found) == told(await facade.search(copied.without(shelf), bases, "fig peach", top_k=30))
    assert searches(copied.server) == 2
    filtered = await facade.search(copied.context(shelf), bases, "fig", top_k=30, filter={"kind": "other"})
    assert {passage.text.split()[-1][:2] for passage in filtered.passages} == {"of"}
    assert searches(copied.server) == 2, "a filter is PostgreSQL's work"


async def test_nothing_of_others_is_found_or_deleted(copied: Copied) -> None:
    ours, theirs = await copied.fill(50, mark="ours"), await copied.fill(50, seed=2, mark="theirs")
    for shelf, mark in ((ours, "ours"), (theirs, "theirs")):
        found = await ask(copied.context(shelf), shelf, "fig date", settings={"vector_weight": 1.0})
        assert len(found.passages) == 20
        assert all(mark in passage.text for passage in found.passages)
    await copies.bring_in_line(copied.context(theirs), await number_of(ours), progress=silent)  # of a base not theirs
    assert (copied.server.count(ours.tenant), copied.server.count(theirs.tenant)) == (50, 50)


async def test_a_version_replaces_another_at_once(copied: Copied) -> None:
    shelf = await Shelf(copied.installation.ports.database).make()
    ctx = copied.context(shelf)
    document_id, _ = await shelf.put(texts(30, 1, "old"))
    await copied.embed(shelf)
    _, replaced = await shelf.put(texts(30, 2, "new"), document_id=document_id)
    assert (replaced.added, replaced.removed) == (30, 30)
    assert copied.server.count(shelf.tenant) == 30, "the store has the old ones yet"
    found = await ask(ctx, shelf, "fig date lime plum", settings={"vector_weight": 1.0})
    assert {passage.text.split()[-1][:3] for passage in found.passages} == {"new"}
    await copied.embed(shelf)
    found = await ask(ctx, shelf, "fig date lime plum", settings={"vector_weight": 1.0})
    assert told(found) == told(
        await ask(copied.without(shelf), shelf, "fig date lime plum", settings={"vector_weight": 1.0})
    )
    assert {key.chunk for key in await copied.keys(shelf)} == set(range(31, 61))


@pytest.mark.parametrize("what", ["document", "base"])
async def test_deleted_means_deleted(copied: Copied, what: str) -> None:
    shelf = await copied.fill(40)
    document_id, _ = await shelf.put(texts(25, 5, "gone"))
    ctx, number = copied.context(shelf), await number_of(shelf)
    await copied.embed(shelf)
    assert copied.server.count(shelf.tenant) == 65
    if what == "document":
        await shelf.remove(document_id)
    else:
        async with shelf.database.transaction(shelf.tenant) as sql:
            assert await documents.remove_base(sql, shelf.tenant, shelf.base_id) == number
    await copies.bring_in_line(ctx, number, progress=silent)
    assert copied.server.count(shelf.tenant) == (40 if what == "document" else 0)
    assert await shelf.count("knowledge_copy_changes") == 0
    assert await shelf.count("knowledge_copies") == (1 if what == "document" else 0)


async def test_a_store_that_is_away_loses_nothing(copied: Copied) -> None:
    shelf = await copied.fill(40)
    ctx, number = copied.context(shelf), await number_of(shelf)
    copied.server.mode = "refusing"
    document_id, _ = await shelf.put(texts(10, 7, "late"))
    await copied.embed(shelf)
    await shelf.remove(document_id)
    await shelf.put(texts(10, 8, "kept"))
    await copied.embed(shelf)
    compared = counted("compared")
    found = await ask(ctx, shelf, "fig date lime")
    assert found.notice == outside.COMPARED
    assert counted("compared") == compared + 1
    assert told(found) == told(await ask(copied.without(shelf), shelf, "fig date lime"))
    with pytest.raises(VectorStoreAway):
        await copies.bring_in_line(ctx, number, progress=silent)
    copied.server.mode = "up"
    async with copied.installation.ports.database.system() as sql:
        assert (shelf.tenant, number) in await copies.list_unfollowed(sql, copied.store.name)
    await copies.bring_in_line(ctx, number, progress=silent)
    assert copied.server.count(shelf.tenant) == 50
    assert await shelf.count("knowledge_copy_changes") == 0


async def test_a_big_base_goes_by_words_while_the_store_is_away(
    copied: Copied, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = await copied.fill(120)
    monkeypatch.setattr(outside, "SIZE", 100)
    copied.server.mode = "refusing"
    found = await ask(copied.context(shelf), shelf, "quince")
    assert found.notice == outside.NOT_LOOKED_FOR
    assert found.passages
    assert all("quince" in passage.text for passage in found.passages)
    copied.server.mode = "up"
    copied.store._rests_until = 0.0  # type: ignore[attr-defined]
    found = await ask(copied.context(shelf), shelf, "quince", settings={"vector_weight": 1.0})
    assert found.notice is None


async def test_what_the_store_was_not_told_of_is_found_nevertheless(copied: Copied) -> None:
    shelf = await copied.fill(40)
    ctx = copied.context(shelf)
    copied.server.mode = "refusing"
    await shelf.put(["zebra stripes in the tall grass"])
    await copied.embed(shelf)
    async with shelf.database.transaction(shelf.tenant) as sql:
        await sql.execute("DELETE FROM knowledge_postings")  # so that words find nothing
    copied.server.mode = "up"
    found = await ask(ctx, shelf, "zebra stripes in the tall grass", settings={"vector_weight": 1.0, "rerank": "none"})
    assert found.notice is None
    assert found.passages[0].text == "zebra stripes in the tall grass"
    assert copied.server.count(shelf.tenant) == 40


NOTE = """
INSERT INTO knowledge_copy_changes (tenant_id, base_number, version, chunk_number, dimensions)
SELECT $1, $2, 0, number, 384 FROM generate_series($3::int, $4::int) AS number
"""


async def test_a_store_that_is_far_behind_is_not_asked(copied: Copied, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = await copied.fill(60)
    ctx, number, keys = copied.context(shelf), await number_of(shelf), await copied.keys(shelf)
    await copied.store.delete(shelf.tenant, await dimensions_of(shelf), keys)
    async with shelf.database.transaction(shelf.tenant) as sql:
        for first, last in ((keys[0].chunk, keys[-1].chunk), (10_001, 11_940)):
            await sql.execute(NOTE, shelf.tenant, number, first, last)
    vectors = {"vector_weight": 1.0}
    expected = told(await ask(copied.without(shelf), shelf, "fig date lime", settings=vectors))
    found = await ask(ctx, shelf, "fig date lime", settings=vectors)
    assert (told(found), found.notice) == (expected, None), "2,000 changes a search makes up for"
    assert searches(copied.server) == 1
    async with shelf.database.transaction(shelf.tenant) as sql:
        await sql.execute(NOTE, shelf.tenant, number, 20_001, 20_001)
    compared, degraded = counted("compared"), counted("degraded")
    found = await ask(ctx, shelf, "fig date lime", settings=vectors)
    assert (told(found), found.notice) == (expected, outside.BEHIND_COMPARED)
    assert (counted("compared"), counted("degraded")) == (compared + 1, degraded), "nothing is missing"
    monkeypatch.setattr(outside, "SIZE", 50)
    found = await ask(ctx, shelf, "quince")
    assert found.notice == outside.BEHIND_NOT_LOOKED_FOR
    assert "quince" in found.passages[0].text
    assert (counted("compared"), counted("degraded")) == (compared + 1, degraded + 1)
    assert searches(copied.server) == 1


async def test_what_is_deleted_takes_no_place_from_what_is_there(copied: Copied) -> None:
    shelf = await copied.fill(40)
    document_id, _ = await shelf.put(["fig date lime"] * 200)
    await copied.embed(shelf)
    await shelf.remove(document_id)
    assert copied.server.count(shelf.tenant) == 240, "the store has yet to be told"
    settings = {"vector_weight": 1.0, "rerank": "none"}
    found = await ask(copied.context(shelf), shelf, "fig date lime", settings=settings)
    assert told(found) == told(await ask(copied.without(shelf), shelf, "fig date lime", settings=settings))
    assert found.notice is None


def counted(outcome: str) -> float:
    found: float = metrics.KNOWLEDGE_SEARCHES.labels(outcome)._value.get()
    return found


async def dimensions_of(shelf: Shelf) -> int:
    async with shelf.database.transaction(shelf.tenant) as sql:
        return int(await sql.fetchval("SELECT embedding_dimensions FROM knowledge_indexes"))
