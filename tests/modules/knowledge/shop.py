"""A base through the API, and waiting for what is done to its documents in the background."""

import asyncio
from typing import Any

from httpx2 import AsyncClient


async def make_base(client: AsyncClient, **settings: Any) -> str:
    """Make a base; it embeds nothing unless settings say so."""
    body = {"name": "Help", "settings": {"embedding_model": None, **settings}}
    answer = await client.post("/v1/knowledge-bases", json=body)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def settled(client: AsyncClient, document_id: str) -> dict[str, Any]:
    """Return a document once it is ready or has failed."""
    document: dict[str, Any] = {}
    for _ in range(1200):
        answer = await client.get(f"/v1/documents/{document_id}")
        document = answer.json()
        if answer.status_code == 404 or document["status"] in {"ready", "failed"}:
            return document
        await asyncio.sleep(0.05)
    raise AssertionError(f"it does not settle: {document}")


async def all_settled(client: AsyncClient, base_id: str) -> list[dict[str, Any]]:
    """Return all documents of a base once each is ready or has failed, oldest first."""
    listed = (await client.get(f"/v1/knowledge-bases/{base_id}/documents?limit=100")).json()["data"]
    return [await settled(client, document["id"]) for document in reversed(listed)]


async def chunk_texts(client: AsyncClient, document_id: str) -> list[str]:
    """Return the texts of a document's chunks."""
    answer = await client.get(f"/v1/documents/{document_id}/chunks?limit=100")
    return [chunk["text"] for chunk in answer.json()["data"]]
