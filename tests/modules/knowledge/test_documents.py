"""Documents through the API: in, listed, read, changed, replaced, deleted."""

import asyncio
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.support.app import problem


async def make_base(client: AsyncClient, **settings: Any) -> str:
    body = {"name": "Help", "settings": {"embedding_model": None, **settings}}
    answer = await client.post("/v1/knowledge-bases", json=body)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def settled(client: AsyncClient, document_id: str) -> dict[str, Any]:
    """Return a document once it is ready or has failed."""
    document: dict[str, Any] = {}
    for _ in range(600):
        document = (await client.get(f"/v1/documents/{document_id}")).json()
        if document["status"] in {"ready", "failed"}:
            return document
        await asyncio.sleep(0.05)
    raise AssertionError(f"it does not settle: {document}")


async def test_a_text_becomes_searchable_chunks(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    sent = await owner.post(
        f"/v1/knowledge-bases/{base}/documents",
        json={"name": "Opening hours", "text": "We open at nine.\n\nWe close at five.", "metadata": {"topic": "shop"}},
    )
    assert sent.status_code == 202, sent.text
    assert sent.json()["status"] == "queued"
    document = await settled(owner, sent.json()["id"])
    assert (document["status"], document["is_searchable"], document["chunk_count"]) == ("ready", True, 1)
    assert document["metadata"] == {"topic": "shop"}
    assert document["language"] == "en"
    chunks = (await owner.get(f"/v1/documents/{document['id']}/chunks")).json()["data"]
    assert [chunk["text"] for chunk in chunks] == ["We open at nine.\n\nWe close at five."]
    text = (await owner.get(f"/v1/documents/{document['id']}/text")).json()
    assert text == {"pages": [{"number": None, "text": chunks[0]["text"], "char_from": 0, "char_to": 35}]}


async def test_no_base_no_document(owner: AsyncClient) -> None:
    answer = await owner.post(f"/v1/knowledge-bases/kb_{'0' * 32}/documents", json={"name": "a", "text": "b"})
    problem(answer, 404, "knowledge.base_not_found")


async def test_the_same_file_twice_is_one_document(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    first = await owner.post(url, files={"file": ("a.txt", b"The same in both.", "text/plain")})
    assert (first.status_code, first.json()["is_duplicate"]) == (202, False)
    again = await owner.post(url, files={"file": ("b.txt", b"The same in both.", "text/plain")})
    assert (again.status_code, again.json()["is_duplicate"]) == (200, True)
    assert again.json()["id"] == first.json()["id"]
    assert len((await owner.get(url)).json()["data"]) == 1
    assert (await settled(owner, first.json()["id"]))["status"] == "ready"
