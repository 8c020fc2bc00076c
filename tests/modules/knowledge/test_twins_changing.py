"""Twins of a page that is no more what it was: each is what it says itself, and none is the same as nothing."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.extraction.structure import Extraction, Structure
from medea.kernel.ids import DocumentId
from medea.modules.knowledge.ingestion import steps, twins
from medea.modules.knowledge.repository import documents as repository
from medea.modules.knowledge.repository.documents import NewDocument
from medea.modules.knowledge.service import documents as service
from medea.modules.knowledge.service import visiting
from tests.modules.knowledge.shelf import Shelf
from tests.modules.knowledge.shop import chunk_texts, make_base, settled
from tests.modules.knowledge.test_sources import Site, page, settings, site, visited
from tests.modules.knowledge.test_twins import documents, fetch, naming

__all__ = ["settings", "site"]  # this module's, too

FIRST = b"f" * 32


async def seen(client: AsyncClient, base: str, name: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return a document once something holds of it, or as it is after a while."""
    found: dict[str, Any] = {}
    for _ in range(1200):
        found = (await documents(client, base))[name]
        if is_so(found):
            break
        await asyncio.sleep(0.05)
    return found


async def document_when(
    client: AsyncClient, document_id: str, is_so: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Return a document once something holds of it, or as it is after a while."""
    found: dict[str, Any] = {}
    for _ in range(1200):
        found = await settled(client, document_id)
        if is_so(found):
            break
        await asyncio.sleep(0.05)
    return found


async def refresh(client: AsyncClient, document: dict[str, Any]) -> None:
    await client.post(f"/v1/sources/{document['source_id']}/refresh")
    await visited(client, document["source_id"])


async def test_the_first_says_something_else(owner: AsyncClient, working: Installation, site: Site) -> None:
    for path in ("/a", "/b"):
        site.pages[path] = page("Hours", "We open at nine.")
    base = await make_base(owner)
    await fetch(owner, base, site, ["/a", "/b"])
    found = await documents(owner, base)
    assert found["b"]["same_as"] == found["a"]["id"]
    site.pages["/a"] = page("Hours", "This page is about something else now.")
    await refresh(owner, found["a"])
    twin = await seen(owner, base, "b", lambda document: document["is_searchable"])
    assert (twin["status"], twin["same_as"], twin["is_searchable"]) == ("ready", None, True)


async def test_the_first_is_known_by_another_address(owner: AsyncClient, working: Installation, site: Site) -> None:
    for number, path in enumerate(("/prices", "/print")):
        site.pages[path] = naming("/prices", f"All prices. Seen {number} times.")
    base = await make_base(owner)
    await fetch(owner, base, site, ["/print", "/prices"])
    found = await documents(owner, base)
    assert found["prices"]["same_as"] == found["print"]["id"]
    site.pages["/print"] = naming("/print", "Only to be printed.")
    await refresh(owner, found["print"])
    twin = await seen(owner, base, "prices", lambda document: document["is_searchable"])
    assert (twin["same_as"], twin["is_searchable"]) == (None, True)


async def test_an_uploaded_file_that_is_replaced(owner: AsyncClient, working: Installation, site: Site) -> None:
    saved = site.pages["/a"] = page("Hours", "We open at nine.")
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    sent = await owner.post(url, files={"file": ("saved.html", saved.encode(), "text/html")})
    file = (await settled(owner, sent.json()["id"]))["id"]
    page_sent = await owner.post(url, json={"url": f"{site.origin}/a"})
    fetched = await settled(owner, page_sent.json()["id"])
    assert fetched["same_as"] == file
    other = page("Hours", "We are closed.").encode()
    await owner.put(f"/v1/documents/{file}/content", files={"file": ("saved.html", other, "text/html")})
    for _ in range(1200):
        fetched = await settled(owner, fetched["id"])
        if fetched["is_searchable"]:
            break
        await asyncio.sleep(0.05)
    assert (fetched["same_as"], fetched["is_searchable"]) == (None, True)


async def test_what_was_uploaded_does_not_change_with_a_site(
    owner: AsyncClient, working: Installation, site: Site
) -> None:
    """Somebody uploads what a page says already: that page becomes the twin, so that its changes are its own."""
    saved = site.pages["/a"] = page("Hours", "We open at nine.")
    base = await make_base(owner)
    await fetch(owner, base, site, ["/a"])
    fetched = (await documents(owner, base))["a"]
    url = f"/v1/knowledge-bases/{base}/documents"
    sent = await owner.post(url, files={"file": ("saved.html", saved.encode(), "text/html")})
    file = await settled(owner, sent.json()["id"])
    assert (file["id"] != fetched["id"], file["status"], file["is_searchable"]) == (True, "ready", True)
    twin = await document_when(owner, fetched["id"], lambda document: document["same_as"] is not None)
    assert (twin["same_as"], twin["is_searchable"]) == (file["id"], False)
    site.pages["/a"] = page("Hours", "We are closed.")
    await refresh(owner, fetched)
    other = await document_when(owner, fetched["id"], lambda document: document["is_searchable"])
    assert (other["same_as"], await chunk_texts(owner, fetched["id"])) == (None, ["We are closed."])
    assert await chunk_texts(owner, file["id"]) == ["We open at nine."]


async def test_a_file_is_replaced_by_what_a_page_says(owner: AsyncClient, working: Installation, site: Site) -> None:
    saved = site.pages["/a"] = page("Hours", "We open at nine.")
    base = await make_base(owner)
    await fetch(owner, base, site, ["/a"])
    fetched = (await documents(owner, base))["a"]
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files={"file": ("a.txt", b"Some words.")})
    file = await settled(owner, sent.json()["id"])
    replaced = await owner.put(
        f"/v1/documents/{file['id']}/content", files={"file": ("saved.html", saved.encode(), "text/html")}
    )
    assert replaced.status_code < 300, replaced.text
    twin = await document_when(owner, fetched["id"], lambda document: document["same_as"] is not None)
    assert twin["same_as"] == file["id"]
    assert (await settled(owner, file["id"]))["version"] == 2


async def test_what_says_nothing_is_nobodys_first(owner: AsyncClient, working: Installation, site: Site) -> None:
    site.pages["/empty"], site.pages["/also-empty"] = naming("/prices", ""), naming("/prices", "")
    site.pages["/prices"] = naming("/prices", "All prices.")
    base = await make_base(owner)
    await fetch(owner, base, site, ["/empty", "/also-empty", "/prices"])
    found = await documents(owner, base)
    for name in ("empty", "also-empty"):
        assert (found[name]["status"], found[name]["same_as"]) == ("failed", None)
        assert found[name]["error"]["code"] == "no_text"
    assert (found["prices"]["same_as"], found["prices"]["is_searchable"]) == (None, True)


async def two_pages(installation: Installation) -> tuple[Shelf, DocumentId, DocumentId]:
    """Return a base with a page that was read, `/b`, and one that was not."""
    shelf = await Shelf(installation.ports.database).make()
    new, first = DocumentId.new(), DocumentId.new()
    rows = [
        NewDocument(id_, name, "page", fingerprint, url=f"https://s.example.com/{name}")
        for id_, name, fingerprint in ((new, "a", None), (first, "b", FIRST))
    ]
    async with installation.ports.database.transaction(shelf.tenant) as sql:
        await repository.insert_documents(sql, shelf.tenant, shelf.base_id, rows, at=datetime.now(UTC), by=None)
        await repository.update_document(sql, first, canonical_url="https://s.example.com/b", live_version=1)
    return shelf, new, first


def acting(installation: Installation, shelf: Shelf) -> Context:
    return Context(installation.ports, system_principal(shelf.tenant))


async def test_the_first_goes_at_that_moment(installation: Installation) -> None:
    shelf, new, first = await two_pages(installation)

    async def delete() -> None:
        async with acting(installation, shelf) as other:
            await service.delete_document(other, first)

    async with acting(installation, shelf) as ctx, ctx.transaction() as sql:
        document = await repository.find_document(sql, new, for_update=True)
        assert document is not None
        twin = await twins.claim_address(ctx, sql, document, "/b")
        assert twin == first
        deleting = asyncio.create_task(delete())
        await asyncio.wait({deleting}, timeout=0.5)
        await twins.become_twin(ctx, sql, document, twin)
    await deleting
    async with acting(installation, shelf) as ctx:
        left = await service.get_document(ctx, new)
    assert (left.same_as, left.status) == (None, "queued")


async def test_the_first_went_before(installation: Installation) -> None:
    shelf, new, first = await two_pages(installation)
    async with acting(installation, shelf) as ctx:
        await service.delete_document(ctx, first)
        await visiting._settle_twin(ctx, new, FIRST)
        left = await service.get_document(ctx, new)
    assert (left.same_as, left.status) == (None, "queued")
    async with installation.ports.database.transaction(shelf.tenant) as sql:
        jobs = await sql.fetchval("SELECT count(*) FROM jobs WHERE task = 'knowledge.fetch_page'")
    assert jobs == 1, "it is looked at again"


async def test_two_that_name_each_other(installation: Installation) -> None:
    """Each was known by an address that the other says to be its own from now on."""
    shelf, one, other = await two_pages(installation)
    addresses = {one: "https://s.example.com/a", other: "https://s.example.com/b"}
    async with installation.ports.database.transaction(shelf.tenant) as sql:
        await repository.update_document(sql, one, canonical_url=addresses[one], live_version=1)

    async def keep(which: DocumentId, canonical: str) -> None:
        extraction = Extraction("html", "Some text.", Structure(), canonical=canonical)
        async with acting(installation, shelf) as ctx:
            document = await service.get_document(ctx, which)
            await steps._keep(ctx, document, extraction)

    await asyncio.gather(keep(one, addresses[other]), keep(other, addresses[one]))
    async with acting(installation, shelf) as ctx:
        left = [(await service.get_document(ctx, which)).same_as for which in (one, other)]
    assert None in left, "one of them is searched"
    assert left == [None, None], "and the other is fetched anew, for the first has another address now"


async def test_what_fails_gives_its_address_up_unless_it_is_searched(installation: Installation) -> None:
    for live, kept in ((1, "https://s.example.com/b"), (None, None)):
        shelf, new, first = await two_pages(installation)
        async with installation.ports.database.transaction(shelf.tenant) as sql:
            await repository.update_document(sql, first, live_version=live)
            await repository.update_document(sql, new, same_as=first, status="ready")
            before = await sql.fetchval("SELECT updated_at FROM knowledge_documents WHERE id = $1", new)
        async with acting(installation, shelf) as ctx:
            await steps.fail(ctx, first, 1, steps.NO_TEXT)
        async with installation.ports.database.transaction(shelf.tenant) as sql:
            address = await sql.fetchval("SELECT canonical_url FROM knowledge_documents WHERE id = $1", first)
            twin = await repository.find_document(sql, new)
        assert twin is not None
        assert (address, twin.same_as) == (kept, first if live else None)
        assert (twin.updated_at > before) == (live is None), "its state changed"
