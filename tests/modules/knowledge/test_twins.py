"""One page under several addresses is one document; the others say whose twin they are, until that one goes."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.modules.knowledge.ingestion.twins import own_address
from tests.modules.knowledge.shop import make_base, settled
from tests.modules.knowledge.test_sources import Site, page, settings, site, visited

__all__ = ["settings", "site"]  # this module's, too


def naming(address: str, text: str) -> str:
    """Return a page that says which address is its own."""
    return page("Prices", text).replace("<head>", f'<head><link rel="canonical" href="{address}">')


async def documents(client: AsyncClient, base: str) -> dict[str, dict[str, Any]]:
    listed = (await client.get(f"/v1/knowledge-bases/{base}/documents")).json()["data"]
    found = [await settled(client, document["id"]) for document in listed]
    return {document["url"].rpartition("/")[2]: document for document in found}


async def fetch(client: AsyncClient, base: str, site: Site, paths: Sequence[str]) -> None:
    """Take pages in, one after the other."""
    for path in paths:
        sent = await client.post(f"/v1/knowledge-bases/{base}/documents", json={"url": f"{site.origin}{path}"})
        assert sent.status_code == 202, sent.text
        await settled(client, sent.json()["id"])
        await visited(client, sent.json()["source_id"])


async def test_two_addresses_of_one_page(owner: AsyncClient, working: Installation, site: Site) -> None:
    for number, path in enumerate(("/prices", "/prices-print")):
        site.pages[path] = naming("/prices", f"All prices. Seen {number} times.")
    base = await make_base(owner)
    await fetch(owner, base, site, ["/prices-print", "/prices"])
    found = await documents(owner, base)
    first, second = found["prices-print"], found["prices"]
    assert (first["status"], first["is_searchable"], first["same_as"]) == ("ready", True, None)
    assert (second["status"], second["is_searchable"], second["same_as"]) == ("ready", False, first["id"])
    assert second["chunk_count"] == second["size_bytes"] == 0
    await owner.delete(f"/v1/documents/{first['id']}")
    after = await documents(owner, base)
    assert (after["prices"]["is_searchable"], after["prices"]["same_as"]) == (True, None)


async def test_the_same_content_under_two_addresses(owner: AsyncClient, working: Installation, site: Site) -> None:
    for path in ("/a", "/b"):
        site.pages[path] = page("Hours", "We open at nine.")
    base = await make_base(owner)
    await fetch(owner, base, site, ["/a"])
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"sitemap": f"{site.origin}/sitemap.xml"})
    source = await visited(owner, sent.json()["source"]["id"])
    assert source["status"] == "ready"
    listed = (await owner.get(f"/v1/knowledge-bases/{base}/documents")).json()["data"]
    found = [await settled(owner, document["id"]) for document in listed]
    assert {document["status"] for document in found} == {"ready"}
    [first] = [document for document in found if document["is_searchable"]]
    assert {document["same_as"] for document in found if not document["is_searchable"]} == {first["id"]}
    site.pages["/b"] = page("Hours", "On Sundays we open at ten.")
    await owner.post(f"/v1/sources/{source['id']}/refresh")
    await visited(owner, source["id"])
    other: dict[str, Any] = {}
    async with asyncio.timeout(60):
        while not other.get("is_searchable"):
            await asyncio.sleep(0.05)
            other = (await documents(owner, base))["b"]
    assert other["same_as"] is None, "what differs now is a document of its own"


@pytest.mark.parametrize(
    ("canonical", "address"),
    [
        (None, "https://shop.example.com/a?b=1"),
        ("/c", "https://shop.example.com/c"),
        ("https://www.shop.example.com/c#top", "https://www.shop.example.com/c"),
        ("https://rival.example.com/a", "https://shop.example.com/a?b=1"),
        ("javascript:alert(1)", "https://shop.example.com/a?b=1"),
        ("http://[", "https://shop.example.com/a?b=1"),
        ("/" + "x" * 3000, "https://shop.example.com/a?b=1"),
    ],
)
def test_a_page_speaks_for_its_own_site_only(canonical: str | None, address: str) -> None:
    assert own_address("https://shop.example.com/a?b=1#c", canonical) == address
