"""Texts that come together are taken in together, and each is as well off as alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import DocumentId, KnowledgeBaseId, TenantId
from medea.modules.knowledge.chunking import chunk_text
from medea.modules.knowledge.ingestion import batches
from tests.modules.knowledge.shop import all_settled, make_base

BREAKS = "this text breaks whoever cuts it"


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let one text break the part of the pipeline that batches share: what a fault of ours would do."""
    cut = chunk_text

    def break_one(text: str, *args: Any, **kwargs: Any) -> Any:
        if BREAKS in text:
            raise ValueError("a fault of ours")
        return cut(text, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(batches, "chunk_text", break_one)
        yield


async def send(client: AsyncClient, base: str, texts: list[str]) -> list[str]:
    body = {"documents": [{"name": f"note {number}", "text": text} for number, text in enumerate(texts)]}
    sent = await client.post(f"/v1/knowledge-bases/{base}/documents", json=body)
    assert sent.status_code == 202, sent.text
    return [each["id"] for each in sent.json()["data"]]


async def context(installation: Installation, client: AsyncClient) -> Context:
    me = (await client.get("/v1/auth/me")).json()
    return Context(installation.ports, system_principal(TenantId.parse(me["tenant"]["id"])))


async def jobs(ctx: Context) -> dict[str, int]:
    async with ctx.ports.database.system() as sql:
        rows = await sql.fetch("SELECT task, count(*) AS n FROM jobs WHERE tenant_id = $1 GROUP BY task", ctx.tenant)
    return {row["task"]: row["n"] for row in rows}


async def test_one_job_for_many(owner: AsyncClient, installation: Installation) -> None:
    base = await make_base(owner)
    await send(owner, base, [f"a short text {number}" for number in range(40)] + ["long " * 5000])
    assert await jobs(await context(installation, owner)) == {
        "knowledge.ingest_texts": 1,
        "knowledge.ingest_document": 1,
    }


async def test_what_cannot_be_cut_fails_alone(owner: AsyncClient, working: Installation, breaking: None) -> None:
    base = await make_base(owner)
    await send(owner, base, ["the first text", BREAKS, "\u200b\u00ad", "the last text"])
    documents = {document["name"]: document for document in await all_settled(owner, base)}
    states = {name: (document["status"], document["chunk_count"]) for name, document in documents.items()}
    assert states["note 0"] == states["note 3"] == ("ready", 1)
    assert states["note 1"] == ("ready", 1), "alone, where nothing breaks it, it is cut after all"


async def test_a_batch_that_is_given_up_goes_on_one_by_one(owner: AsyncClient, installation: Installation) -> None:
    base = await make_base(owner)
    ids = await send(owner, base, [f"text {number}" for number in range(5)])
    ctx = await context(installation, owner)
    async with ctx.ports.database.system() as sql:
        await sql.execute("DELETE FROM jobs WHERE tenant_id = $1", ctx.tenant)
    await batches.take_apart(ctx, [DocumentId.parse(each) for each in ids])
    assert await jobs(ctx) == {"knowledge.ingest_document": 5}


async def test_running_it_again_changes_nothing(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    ids = await send(owner, base, ["one text", "another text"])
    before = await all_settled(owner, base)
    ctx = await context(working, owner)
    await owner.put(f"/v1/documents/{ids[0]}/content", json={"text": "the first text, in another version"})
    await batches.ingest_texts(ctx, KnowledgeBaseId.parse(base), [DocumentId.parse(each) for each in ids])
    after = await all_settled(owner, base)
    assert after[1] == before[1]
    assert (after[0]["status"], after[0]["version"]) == ("ready", 2)


def test_texts_are_divided_by_number_and_length() -> None:
    ids = [DocumentId.new() for _ in range(250)]
    assert [len(part) for part in batches.together([(one, 10) for one in ids])] == [100, 100, 50]
    long = [(one, 30_000 if place == 1 else 10) for place, one in enumerate(ids[:4])]
    assert list(batches.together(long)) == [[ids[0]], [ids[1]], ids[2:4]]
    assert [len(part) for part in batches.together([(one, 20_000) for one in ids[:50]])] == [20, 20, 10]
