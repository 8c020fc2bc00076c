"""Big bases get a vector index of their own; another model takes over at once."""

import dataclasses
from collections.abc import AsyncIterator

import numpy as np
import pytest
import structlog
from asyncpg import UniqueViolationError

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.task import Job, RetryLater
from medea.kernel.context import Context
from medea.kernel.db.ownership import owning
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.embeddings.port import EmbeddingModelMissing
from medea.kernel.ids import JobId
from medea.kernel.settings import Settings
from medea.modules.knowledge import facade
from medea.modules.knowledge.index import graphs
from medea.modules.knowledge.index.switching import switch_model
from medea.modules.knowledge.index.vectors import as_halfvec
from medea.modules.knowledge.retrieval.statements import (
    PARAMETERS,
    Leg,
    Shape,
    length_weight,
    search_settings,
    search_statement,
)
from medea.modules.knowledge.tasks import tend_base
from tests.modules.knowledge.shelf import Shelf

WIDTH = 64


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The operator offers a model."""
    offering = settings.knowledge.model_copy(update={"platform_models": ("other",)})
    return settings.model_copy(update={"knowledge": offering})


@pytest.fixture
async def shelf(installation: Installation) -> AsyncIterator[Shelf]:
    installation.ports = dataclasses.replace(installation.ports, embedders=FakeEmbedders(), _made={})
    shelf = await Shelf(installation.ports.database).make()
    yield shelf
    async with installation.ports.database.transaction(shelf.tenant) as sql:
        number = await sql.fetchval("SELECT number FROM knowledge_indexes")
    await graphs.drop_graphs(context(installation, shelf), number)


def context(installation: Installation, shelf: Shelf) -> Context:
    return Context(installation.ports, system_principal(shelf.tenant))


async def silent(_done: int, _total: int) -> None:
    return


def shape_of(leg: Leg) -> Shape:
    return Shape(has_many_bases=False, has_filter=False, has_words=False, has_languages=True, legs=(leg,))


def arguments_of(tenant: object, number: int) -> list[object]:
    vector = as_halfvec(np.ones(WIDTH, np.float32))
    arguments = [tenant, number, [1], length_weight(5), 10.0, ["en"], 0.6, False, 50, number, 0, vector]
    assert len(arguments) == PARAMETERS + 3
    return arguments


async def plan(ctx: Context, leg: Leg, number: int) -> str:
    # what is planned for any tenant, with so few rows as with many, with or without statistics
    shape = shape_of(leg)
    async with ctx.transaction(settings=search_settings(shape)) as sql:
        if leg.number is None:
            await sql.execute("SET LOCAL enable_sort = off")  # what the planner may use is asked, not what it prefers
        rows = await sql.fetch(f"EXPLAIN {search_statement(shape)}", *arguments_of(ctx.tenant, number))
    return "\n".join(row[0] for row in rows)


async def test_where_there_is_a_graph_a_plan_is_kept(installation: Installation, shelf: Shelf) -> None:
    ctx = context(installation, shelf)
    await shelf.put([f"chunk {number} of many" for number in range(20)])
    await switch_model(ctx, shelf.base_id, progress=silent)
    shape = shape_of(Leg(0, 1, 0, WIDTH))
    async with ctx.transaction(settings=search_settings(shape)) as sql:
        for _ in range(10):
            await sql.fetch(search_statement(shape), *arguments_of(shelf.tenant, 1))
        kept = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1"
        counted = await sql.fetchrow(kept, search_statement(shape))
    assert counted is not None
    assert (counted["generic_plans"], counted["custom_plans"]) == (10, 0), (
        "one for all, which has no other way than the graph"
    )


async def test_a_big_base_gets_a_graph_and_searches_use_it(installation: Installation, shelf: Shelf) -> None:
    ctx = context(installation, shelf)
    await shelf.put([f"chunk {number} of many" for number in range(2000)])
    await switch_model(ctx, shelf.base_id, progress=silent)
    question = "chunk 77 of many"
    options = {"top_k": 10, "settings": {"rerank": "none", "vector_weight": 1.0}}
    exact = await facade.search(ctx, [shelf.base_id], question, **options)  # type: ignore[arg-type]
    assert not await graphs.tend_graph(ctx, shelf.base_id, size=2001)
    assert await graphs.tend_graph(ctx, shelf.base_id, size=2000)
    assert await graphs.tend_graph(ctx, shelf.base_id, size=2000), "a second time changes nothing"
    found = await facade.search(ctx, [shelf.base_id], question, **options)  # type: ignore[arg-type]
    assert found.passages[0].text == question
    both = {each.chunk_id for each in exact.passages} & {each.chunk_id for each in found.passages}
    assert len(both) >= 6
    async with ctx.transaction() as sql:
        row = await sql.fetchrow("SELECT number, has_graph FROM knowledge_indexes")
        assert row is not None
        assert row["has_graph"]
    literal = await plan(ctx, Leg(0, row["number"], 0, WIDTH), row["number"])
    assert f"{graphs.Graph(row['number'], 0, WIDTH).name} on knowledge_vectors" in literal
    by_parameter = await plan(ctx, Leg(0), row["number"])
    assert "knowledge_vectors_graph" not in by_parameter, "a base without a graph never uses another's"
    assert not await graphs.tend_graph(ctx, shelf.base_id, size=3000), "what is no longer big loses it"


async def test_one_graph_is_made_at_a_time_and_nobody_waits_in_a_statement(
    installation: Installation, shelf: Shelf
) -> None:
    ctx = context(installation, shelf)
    await shelf.put(["one apple", "two pears"])
    await switch_model(ctx, shelf.base_id, progress=silent)
    async with owning(installation.ports.database) as other:
        await graphs.be_alone(ctx, other)
        with pytest.raises(RetryLater):
            await graphs.tend_graph(ctx, shelf.base_id, size=2)
        with pytest.raises(RetryLater):
            await graphs.drop_graphs(ctx, 0)
    assert await graphs.tend_graph(ctx, shelf.base_id, size=2)


async def test_what_a_crash_left_is_dropped_before_a_graph_is_made(installation: Installation, shelf: Shelf) -> None:
    ctx = context(installation, shelf)
    await shelf.put(["one apple", "two pears"])
    await switch_model(ctx, shelf.base_id, progress=silent)
    async with ctx.transaction() as sql:
        number = await sql.fetchval("SELECT number FROM knowledge_indexes")
    names = [graphs.Graph(which, 0, WIDTH).name for which in (number, number + 1)]
    async with owning(installation.ports.database) as owner:
        for name in names:
            broken = f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON knowledge_vectors (version)"
            with pytest.raises(UniqueViolationError):
                await owner.execute(broken)
        found = "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        before = await owner.fetch(f"{found} WHERE relname = ANY($1) ORDER BY relname", names)
        assert [row["indisvalid"] for row in before] == [False, False]
        assert await graphs.tend_graph(ctx, shelf.base_id, size=2)
        after = await owner.fetch(f"{found} WHERE relname = ANY($1)", names)
        assert [(row["relname"], row["indisvalid"]) for row in after] == [(names[0], True)]


async def test_a_graph_that_cannot_be_made_is_tried_again_and_its_reason_kept(
    installation: Installation, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelf.put(["one text", "another text"])
    ctx = context(installation, shelf)
    await switch_model(ctx, shelf.base_id, progress=silent)
    monkeypatch.setattr(graphs.Graph, "statement", "CREATE INDEX CONCURRENTLY ON knowledge_vectors USING nothing (x)")
    assert await graphs.tend_graph(ctx, shelf.base_id, size=1) is False, "by hand it says no more than that"
    ctx.job = Job(JobId.new(), shelf.tenant, tend_base.name, "slow", "{}", 2, 9, "a worker", ctx.now())
    with pytest.raises(RetryLater, match="could not be made"):
        await graphs.tend_graph(ctx, shelf.base_id, size=1)


async def test_another_model_takes_over_at_once(installation: Installation, shelf: Shelf) -> None:
    ctx = context(installation, shelf)
    await shelf.put(["one apple", "two pears"])
    await switch_model(ctx, shelf.base_id, progress=silent)
    before = await facade.search(ctx, [shelf.base_id], "apple", top_k=2)
    assert before.mode == "hybrid"
    async with ctx.transaction() as sql:
        await sql.execute("UPDATE knowledge_bases SET settings = $1", {"embedding_model": "platform:other"})
    with pytest.raises(EmbeddingModelMissing):
        await switch_model(ctx, shelf.base_id, progress=silent)
    assert (await facade.search(ctx, [shelf.base_id], "apple", top_k=2)).mode == "hybrid", "the present one stays"
    fake = installation.ports.embedders
    assert isinstance(fake, FakeEmbedders)
    fake.offer_platform()
    assert await switch_model(ctx, shelf.base_id, progress=silent) == 2
    async with ctx.transaction() as sql:
        row = await sql.fetchrow("SELECT * FROM knowledge_indexes")
        assert row is not None
    assert (row["embedding_model"], row["embedding_dimensions"]) == ("platform:other", WIDTH // 2)
    assert (row["next_model"], row["next_version"]) == (None, None)
    assert await shelf.count("knowledge_vectors") == 4, "a search that has begun still finds the old generation"
    async with installation.ports.database.system() as sql:
        jobs = await sql.fetch("SELECT task, payload::text, run_at FROM jobs WHERE tenant_id = $1", shelf.tenant)
    [job] = [job for job in jobs if job["task"] == tend_base.name]
    assert job["run_at"] > ctx.now()
    after = await facade.search(ctx, [shelf.base_id], "apple", top_k=2)
    assert after.mode == "hybrid"
    assert after.passages[0].text == "one apple"
    await tend_base.run(ctx, job["payload"])
    assert await shelf.count("knowledge_vectors") == 2, "the old generation is gone"


async def test_a_switch_that_is_given_up_is_logged(installation: Installation, shelf: Shelf) -> None:
    ctx = context(installation, shelf)
    await shelf.put(["one apple"])
    with structlog.testing.capture_logs() as logs:
        await tend_base.run_dead(ctx, tend_base.encode({"base_id": shelf.base_id}), "no such model")
    [told] = [entry for entry in logs if entry["event"] == "knowledge.tending_given_up"]
    assert (told["log_level"], told["base"], told["reason"]) == ("error", str(shelf.base_id), "no such model")


async def test_a_base_that_wants_no_model_any_more(installation: Installation, shelf: Shelf) -> None:
    ctx = context(installation, shelf)
    await shelf.put(["one apple", "two pears"])
    await switch_model(ctx, shelf.base_id, progress=silent)
    async with ctx.transaction() as sql:
        await sql.execute("UPDATE knowledge_bases SET settings = $1", {"embedding_model": None})
    assert await switch_model(ctx, shelf.base_id, progress=silent) == 0
    assert await shelf.count("knowledge_vectors") == 0
    result = await facade.search(ctx, [shelf.base_id], "apple", top_k=2)
    assert (result.mode, result.notice, len(result.passages)) == ("lexical", None, 1)
