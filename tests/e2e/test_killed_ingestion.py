"""A server that is killed while it takes documents in: every one that was accepted ends in the index, once."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from httpx2 import AsyncClient, HTTPError

from medea.kernel.embeddings.minilm.package import find_files
from tests.modules.knowledge.shop import all_settled, make_base
from tests.support.app import PASSWORD, fresh_email
from tests.support.malformed import pdf_pages
from tests.support.server import Server

pytestmark = pytest.mark.slow

PAGES = [f"Page {number} of many.\nIt has a text of its own, with the number {number}." for number in range(1500)]


async def wait_for(client: AsyncClient, document_id: str, status: str) -> None:
    """Wait until a document is in a state, or past it."""
    for _ in range(12000):
        found = (await client.get(f"/v1/documents/{document_id}")).json()["status"]
        if found in {status, "ready", "failed"}:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"it never is {status}")


@pytest.mark.parametrize(
    "status",
    [
        "queued",
        "extracting",
        "chunking",
        pytest.param("embedding", marks=pytest.mark.skipif(find_files() is None, reason="no model: `make setup`")),
    ],
)
async def test_a_killed_server_takes_in_what_it_accepted_after_restart(tmp_path: Path, status: str) -> None:
    server = Server(tmp_path / "data", MEDEA_SEED="0")
    await server.start()
    async with AsyncClient(base_url=server.origin, timeout=60) as client:
        body = {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines"}
        assert (await client.post("/v1/auth/signup", json=body)).status_code == 201
        base = await make_base(client, embedding_model="medea/minilm" if status == "embedding" else None)
        url = f"/v1/knowledge-bases/{base}/documents"
        sent = await client.post(url, files={"file": ("many.pdf", pdf_pages(PAGES))})
        assert sent.status_code == 202, sent.text
        texts = [{"name": f"note {n}", "text": f"The note with number {n}."} for n in range(60)]
        assert (await client.post(url, json={"documents": texts})).status_code == 202
        await wait_for(client, sent.json()["id"], status)
        await server.kill()
        with contextlib.suppress(HTTPError):  # the connections are gone
            await client.get(url)
        await server.start()
        documents = await all_settled(client, base)
        assert [(d["name"], d["status"], d["error"]) for d in documents] == [
            ("many.pdf", "ready", None),
            *((f"note {n}", "ready", None) for n in range(60)),
        ]
        assert documents[0]["page_count"] == len(PAGES)
        found = (await client.get(f"/v1/knowledge-bases/{base}")).json()
        chunks, embedding = found["chunk_count"], found["embedding"]
        assert embedding["state"] == ("ready" if status == "embedding" else "none")
        assert embedding["done"] == (chunks if status == "embedding" else 0)
        assert chunks == sum(d["chunk_count"] for d in documents)
        seen, page = 0, {"next_cursor": ""}
        while page["next_cursor"] is not None:
            asked = {"limit": "100", **({"cursor": page["next_cursor"]} if page["next_cursor"] else {})}
            page = (await client.get(f"/v1/documents/{documents[0]['id']}/chunks", params=asked)).json()
            assert [chunk["ordinal"] for chunk in page["data"]] == list(range(seen, seen + len(page["data"])))
            seen += len(page["data"])
        assert seen == documents[0]["chunk_count"], "once, and whole"
    assert await server.stop() == 0, "".join(server.output)
