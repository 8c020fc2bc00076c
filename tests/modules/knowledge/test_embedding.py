"""The last step: vectors, and what becomes of a document where there is no model to make them."""

import asyncio
import dataclasses
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.task import subscribe
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.events import DocumentDeleted, DocumentFailed, DocumentReady
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.ingestion import batches, steps
from medea.modules.knowledge.service.sweeping import hand_out_unembedded
from medea.modules.knowledge.tasks import give_up_embedding
from tests.modules.knowledge.shop import make_base, settled
from tests.modules.knowledge.test_documents import tenant_of
from tests.support.app import TravelClock

TEXT = "A sentence that stands for many others of its kind, all alike but for a number: {}. "


@pytest.fixture
def embedders(installation: Installation, request: pytest.FixtureRequest) -> FakeEmbedders:
    """Models that tests can do with, or none at all."""
    made = FakeEmbedders(is_installed=getattr(request, "param", True))
    installation.ports = dataclasses.replace(installation.ports, embedders=made)
    return made


def long_text(count: int) -> str:
    return "".join(TEXT.format(number) for number in range(count))


async def test_vectors_follow_the_words(embedders: FakeEmbedders, owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner, embedding_model="medea/minilm")
    body = {"name": "long", "text": long_text(400)}
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)
    document = await settled(owner, sent.json()["id"])
    assert (document["status"], document["notice"], document["progress"]) == ("ready", None, None)
    embedding = (await owner.get(f"/v1/knowledge-bases/{base}")).json()["embedding"]
    assert embedding == {
        "model": "medea/minilm",
        "dimensions": 64,
        "state": "ready",
        "done": document["chunk_count"],
        "total": document["chunk_count"],
    }


async def test_unchanged_chunks_keep_their_vectors(
    embedders: FakeEmbedders, owner: AsyncClient, working: Installation
) -> None:
    base = await make_base(owner, embedding_model="medea/minilm")
    body = {"name": "long", "text": long_text(300)}
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)
    before = await settled(owner, sent.json()["id"])

    async def ids() -> list[str]:
        page = await owner.get(f"/v1/documents/{before['id']}/chunks?limit=100")
        return [chunk["id"] for chunk in page.json()["data"]]

    kept = await ids()
    assert embedders.model is not None
    embedders.model.calls = 0
    await owner.put(f"/v1/documents/{before['id']}/content", json={"text": long_text(301)})
    after = await settled(owner, before["id"])
    assert (after["version"], after["status"]) == (2, "ready")
    assert (await ids())[:-2] == kept[: len(await ids()) - 2]
    assert embedders.model.calls == 1, "one batch, of what is new"


@pytest.mark.parametrize("embedders", [False], indirect=True)
async def test_without_the_model_a_document_is_found_by_its_words(
    embedders: FakeEmbedders, owner: AsyncClient, working: Installation
) -> None:
    base = await make_base(owner, embedding_model="medea/minilm")
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": "Some words."})
    document = await settled(owner, sent.json()["id"])
    assert (document["status"], document["is_searchable"]) == ("ready", True)
    assert "words alone" in document["notice"]


async def test_what_becomes_of_documents_is_announced(
    embedders: FakeEmbedders, installation: Installation, owner: AsyncClient, working: Installation
) -> None:
    heard: list[object] = []

    async def hear(_ctx: object, event: object) -> None:
        heard.append(event)

    for kind in (DocumentReady, DocumentFailed, DocumentDeleted):
        installation.jobs.add(subscribe(kind, name=f"knowledge.hear_{kind.__name__}")(hear))
    base = await make_base(owner, embedding_model="medea/minilm")
    url = f"/v1/knowledge-bases/{base}/documents"
    good = (await owner.post(url, json={"name": "a", "text": "Some words."})).json()
    bad = (await owner.post(url, files={"file": ("a.pdf", b"%PDF-")})).json()
    for document in (good, bad):
        await settled(owner, document["id"])
    await owner.delete(f"/v1/documents/{good['id']}")
    for _ in range(1200):
        if len(heard) == 3:
            break
        await asyncio.sleep(0.05)
    base_id, good_id = KnowledgeBaseId.parse(base), DocumentId.parse(good["id"])
    assert sorted(heard, key=lambda event: type(event).__name__) == [
        DocumentDeleted(base_id=base_id, document_id=good_id),
        DocumentFailed(base_id=base_id, document_id=DocumentId.parse(bad["id"]), version=1, code="damaged"),
        DocumentReady(base_id=base_id, document_id=good_id, version=1),
    ]


async def test_a_version_that_comes_before_the_one_before_was_embedded(
    embedders: FakeEmbedders, installation: Installation, owner: AsyncClient
) -> None:
    base = await make_base(owner, embedding_model="medea/minilm")
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": "The first."})
    document_id = DocumentId.parse(sent.json()["id"])
    ctx = Context(installation.ports, system_principal(await tenant_of(owner)))
    await steps.ingest(ctx, document_id, 1)
    await owner.put(f"/v1/documents/{document_id}/content", json={"text": "The second."})
    await steps.ingest(ctx, document_id, 2)
    found = (await owner.get(f"/v1/documents/{document_id}")).json()
    assert (found["status"], found["live_version"], found["progress"]["step"]) == ("embedding", 2, "embedding")
    await installation.start_worker(is_alone=False)
    assert (await settled(owner, str(document_id)))["status"] == "ready"


@pytest.mark.parametrize("are_there", [False, True], ids=["vectors are missing", "vectors were made meanwhile"])
async def test_an_embedding_that_was_given_up_and_run_again_ends_well(
    embedders: FakeEmbedders, installation: Installation, owner: AsyncClient, are_there: bool
) -> None:
    base = await make_base(owner, embedding_model="medea/minilm")
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": "Some words."})
    document_id = DocumentId.parse(sent.json()["id"])
    ctx = Context(installation.ports, system_principal(await tenant_of(owner)))
    await steps.ingest(ctx, document_id, 1)
    if are_there:
        await steps.embed(ctx, document_id, 1)
    await give_up_embedding(ctx, "the endpoint is down", document_id, 1)
    left = (await owner.get(f"/v1/documents/{document_id}")).json()
    assert (left["status"], left["error"]["code"]) == ("failed", "embedding_failed")
    await steps.embed(ctx, document_id, 1)
    found = (await owner.get(f"/v1/documents/{document_id}")).json()
    assert (found["status"], found["error"], found["progress"]) == ("ready", None, None)


async def test_vectors_that_could_not_be_made_are_tried_again_later(
    embedders: FakeEmbedders, installation: Installation, owner: AsyncClient, clock: TravelClock
) -> None:
    base = await make_base(owner, embedding_model="medea/minilm")
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": "Some words."})
    document_id = DocumentId.parse(sent.json()["id"])
    ctx = Context(installation.ports, system_principal(await tenant_of(owner)))
    await steps.ingest(ctx, document_id, 1)
    async with ctx.ports.database.system() as sql:
        await sql.execute("DELETE FROM jobs WHERE tenant_id = $1", ctx.tenant)
    await give_up_embedding(ctx, "the endpoint is down", document_id, 1)
    platform = Context(installation.ports, system_principal(None))
    waiting = "SELECT count(*) FROM jobs WHERE tenant_id = $1 AND task = 'knowledge.embed_document'"
    for hours, number in ((0, 0), (2, 1)):
        clock.advance(hours=hours)
        await hand_out_unembedded(platform)
        async with ctx.ports.database.system() as sql:
            assert await sql.fetchval(waiting, ctx.tenant) == number
    await installation.start_worker(is_alone=False)
    found: dict[str, Any] = {}
    async with asyncio.timeout(60):
        while found.get("status") != "ready":
            await asyncio.sleep(0.05)
            found = (await owner.get(f"/v1/documents/{document_id}")).json()
    assert found["error"] is None


async def test_a_name_that_is_indexed_as_the_embedding_ends(
    embedders: FakeEmbedders, installation: Installation, owner: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its vector is not there yet: the document waits for it, whichever job was making the vectors."""
    base = await make_base(owner, embedding_model="medea/minilm")
    url = f"/v1/knowledge-bases/{base}/documents"
    sent = await owner.post(url, json={"name": "a", "text": "Some words."})
    document_id = DocumentId.parse(sent.json()["id"])
    ctx = Context(installation.ports, system_principal(await tenant_of(owner)))
    await steps.ingest(ctx, document_id, 1)
    names = iter(["another", "a third"])

    async def then_renamed(*arguments: Any, **options: Any) -> int:
        made = await embed_pending(*arguments, **options)
        if (name := next(names, None)) is not None:
            await owner.patch(f"/v1/documents/{document_id}", json={"name": name})
            await steps.ingest(ctx, document_id, 1)
        return made

    for module in (steps, batches):
        monkeypatch.setattr(module, "embed_pending", then_renamed)

    async def status() -> str:
        found: str = (await owner.get(f"/v1/documents/{document_id}")).json()["status"]
        return found

    await steps.embed(ctx, document_id, 1)
    assert await status() == "embedding"
    await batches.embed_texts(ctx, KnowledgeBaseId.parse(base), [document_id])
    assert await status() == "embedding"
    await steps.embed(ctx, document_id, 1)
    assert await status() == "ready"
