"""Texts that a model refuses, or that it could not be reached for: tried again, at nobody else's cost."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import datetime

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders, HashedWords
from medea.kernel.embeddings.port import Embedded
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.kernel.llm.errors import ModelBadRequest
from medea.modules.knowledge.ingestion import batches, steps
from medea.modules.knowledge.service import sweeping
from medea.modules.knowledge.tasks import give_up_embedding, give_up_embedding_texts
from tests.modules.knowledge.shop import make_base
from tests.modules.knowledge.test_documents import tenant_of
from tests.support.app import TravelClock

REFUSED = "what no model wants to read"


class Refusing(HashedWords):
    """A model that answers nothing to a request with a text that it does not want."""

    async def embed(self, texts: Sequence[str], *, is_query: bool = False, with_words: bool = False) -> Embedded:
        """Refuse, or return the vectors."""
        if any(REFUSED in text for text in texts):
            raise ModelBadRequest(upstream="no")
        return await super().embed(texts, is_query=is_query, with_words=with_words)


@pytest.fixture(autouse=True)
def embedders(installation: Installation) -> FakeEmbedders:
    """The refusing model, as the one that comes along."""
    made = FakeEmbedders()
    made.model = Refusing()
    installation.ports = dataclasses.replace(installation.ports, embedders=made)
    return made


async def send(client: AsyncClient, *texts: str) -> tuple[KnowledgeBaseId, list[DocumentId]]:
    """Make a base with texts of which no job is left."""
    base = await make_base(client, embedding_model="medea/minilm")
    body = {"documents": [{"name": f"note {number}", "text": text} for number, text in enumerate(texts)]}
    sent = await client.post(f"/v1/knowledge-bases/{base}/documents", json=body)
    assert sent.status_code == 202, sent.text
    return KnowledgeBaseId.parse(base), [DocumentId.parse(each["id"]) for each in sent.json()["data"]]


async def context(installation: Installation, client: AsyncClient) -> Context:
    return Context(installation.ports, system_principal(await tenant_of(client)))


async def forget_jobs(ctx: Context) -> None:
    async with ctx.ports.database.system() as sql:
        await sql.execute("DELETE FROM jobs WHERE tenant_id = $1", ctx.tenant)


async def jobs(ctx: Context) -> list[tuple[str, str]]:
    """Return task and state of the company's jobs."""
    async with ctx.ports.database.system() as sql:
        rows = await sql.fetch("SELECT task, state FROM jobs WHERE tenant_id = $1", ctx.tenant)
    return [(row["task"], row["state"]) for row in rows]


async def idle(ctx: Context) -> None:
    """Wait until no job of the company is on its way."""
    async with asyncio.timeout(60):
        while any(state != "dead" for _, state in await jobs(ctx)):  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.05)


async def test_trying_again_in_vain_leaves_no_dead_letter(
    installation: Installation, owner: AsyncClient, clock: TravelClock
) -> None:
    _, (document_id,) = await send(owner, REFUSED)
    ctx = await context(installation, owner)
    await forget_jobs(ctx)
    await steps.ingest(ctx, document_id, 1)
    with pytest.raises(ModelBadRequest):
        await steps.embed(ctx, document_id, 1)
    await give_up_embedding(ctx, "refused", document_id, 1)
    await forget_jobs(ctx)
    platform = Context(installation.ports, system_principal(None))
    await installation.start_worker(is_alone=False)
    for _ in range(2):
        clock.advance(hours=2)
        await sweeping.hand_out_unembedded(platform)
        await idle(ctx)
        assert await jobs(ctx) == []
        found = (await owner.get(f"/v1/documents/{document_id}")).json()
        assert (found["status"], found["error"]["code"]) == ("failed", "embedding_failed")
        assert (clock.now() - datetime.fromisoformat(found["updated_at"])).total_seconds() < 600, "it was tried"


async def test_many_failed_documents_of_one_company_hold_up_no_other(
    installation: Installation,
    owner: AsyncClient,
    stranger: AsyncClient,
    clock: TravelClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweeping, "_AT_ONCE", 2)
    companies = []
    for client, count in ((owner, 3), (stranger, 1)):
        _, ids = await send(client, *[f"{REFUSED} {number}" for number in range(count)])
        ctx = await context(installation, client)
        for document_id in ids:
            await steps.ingest(ctx, document_id, 1)
            await give_up_embedding(ctx, "refused", document_id, 1)
        await forget_jobs(ctx)
        companies.append(ctx)
        clock.advance(minutes=1)
    clock.advance(hours=2)
    await sweeping.hand_out_unembedded(Context(installation.ports, system_principal(None)))
    waiting = ("knowledge.embed_document", "queued")
    assert [await jobs(ctx) for ctx in companies] == [[waiting] * 2, [waiting]]


async def test_a_text_that_is_refused_does_not_hold_back_those_it_came_with(
    installation: Installation, owner: AsyncClient
) -> None:
    base, ids = await send(owner, "the first text", REFUSED, "the last text")
    ctx = await context(installation, owner)
    await forget_jobs(ctx)
    await batches.ingest_texts(ctx, base, ids)
    await forget_jobs(ctx)
    with pytest.raises(ModelBadRequest):
        await batches.embed_texts(ctx, base, ids)
    await give_up_embedding_texts(ctx, "refused", base, ids)
    await installation.start_worker(is_alone=False)
    await idle(ctx)
    found = [(await owner.get(f"/v1/documents/{each}")).json() for each in ids]
    assert [document["status"] for document in found] == ["ready", "failed", "ready"]
    assert found[1]["error"]["code"] == "embedding_failed"
    assert await jobs(ctx) == []
