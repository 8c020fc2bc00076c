"""Settings of a base that are changed while something else goes on with it."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.index.documents import Replaced
from medea.modules.knowledge.repository import bases
from tests.modules.knowledge.shop import make_base
from tests.modules.knowledge.test_documents import tenant_of

TEXT = "A sentence that stands for many others of its kind, all alike. " * 60

_WAITS = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()
)
"""


async def cut_to(client: AsyncClient, document_id: str, longest: int) -> int:
    """Return how many chunks a document has, once none is longer."""
    chunks: list[dict[str, Any]] = []
    for _ in range(400):
        chunks = (await client.get(f"/v1/documents/{document_id}/chunks?limit=100")).json()["data"]
        if chunks and max(chunk["tokens"] for chunk in chunks) <= longest:
            return len(chunks)
        await asyncio.sleep(0.05)
    raise AssertionError(f"it is not cut anew: {[chunk['tokens'] for chunk in chunks]}")


@pytest.mark.parametrize("number", [1, 2], ids=["alone", "together"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_documents_that_are_taken_in_meanwhile_are_cut_anew(
    working: Installation, owner: AsyncClient, monkeypatch: pytest.MonkeyPatch, when: str, number: int
) -> None:
    """Whoever gives chunks another length finds nothing of them in the index yet, and has them not cut anew."""
    base = await make_base(owner, chunk_tokens=512)
    whole, changing = index.replace_documents, list[asyncio.Task[Any]]()

    def change() -> asyncio.Task[Any]:
        return asyncio.create_task(owner.patch(f"/v1/knowledge-bases/{base}", json={"settings": {"chunk_tokens": 64}}))

    async def meanwhile(*given: Any) -> dict[DocumentId, Replaced]:
        if changing:
            return await whole(*given)
        if when == "before":
            changing.append(change())
            await changing[0]
            return await whole(*given)
        done = await whole(*given)  # has the lock of the index: whoever changes the length waits for its end
        changing.append(change())
        await asyncio.sleep(0.3)
        return done

    monkeypatch.setattr(index, "replace_documents", meanwhile)
    texts = [{"name": f"Text {n}", "text": f"{n}. {TEXT}"} for n in range(number)]
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"documents": texts})
    for document in sent.json()["data"]:
        assert await cut_to(owner, document["id"], 127) > 8
    assert (await changing[0]).status_code == 200


async def test_two_who_change_a_base_at_once_change_both(installation: Installation, owner: AsyncClient) -> None:
    base = await make_base(owner, chunk_tokens=512)
    base_id, database = KnowledgeBaseId.parse(base), installation.ports.database
    async with database.transaction(await tenant_of(owner)) as sql:
        found = await bases.find_settings(sql, base_id, lock=True)
        assert found is not None
        mine = {"chunk_tokens": 64, "embedding_model": None}
        await sql.execute("UPDATE knowledge_bases SET settings = settings || $2 WHERE id = $1", base_id, mine)
        other = asyncio.create_task(
            owner.patch(f"/v1/knowledge-bases/{base}", json={"settings": {"vector_weight": 0.25}})
        )
        await waiting(installation)
    settings = (await other).json()["settings"]
    assert (settings["chunk_tokens"], settings["vector_weight"]) == (64, 0.25)


async def waiting(installation: Installation) -> None:
    """Wait until somebody waits for a lock."""
    for _ in range(1200):
        async with installation.ports.database.system() as sql:
            if await sql.fetchval(_WAITS):
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")
