"""Documents that an assistant answers from, for tests."""

import asyncio

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation

TERMS = (
    "# Returns\n\nBoots can be returned within thirty days of purchase. Worn boots are excluded from returns.\n\n"
    "# Shipping\n\nParcels to Norway leave the warehouse on Mondays. Parcels take four days to arrive."
)


async def settled(client: AsyncClient, document_id: str) -> None:
    """Wait until a document is ready."""
    for _ in range(1200):
        document = (await client.get(f"/v1/documents/{document_id}")).json()
        if document["status"] in {"ready", "failed"}:
            assert document["status"] == "ready", document
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the document does not settle")


@pytest.fixture
async def base(owner: AsyncClient, working: Installation) -> str:
    """A knowledge base with the terms of a shop, searched by words."""
    made = await owner.post("/v1/knowledge-bases", json={"name": "Shop", "settings": {"embedding_model": None}})
    base: str = made.json()["id"]
    files = {"file": ("terms.md", TERMS.encode(), "text/markdown")}
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files=files)
    assert sent.status_code == 202, sent.text
    await settled(owner, sent.json()["id"])
    return base
