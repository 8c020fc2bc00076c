"""What a company may keep: the installation's limits or its own, counted exactly, pages once they are known."""

import asyncio
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId
from medea.modules.tenancy import facade as tenancy
from tests.modules.knowledge.shop import make_base, settled
from tests.support.app import problem
from tests.support.malformed import pdf_pages


async def agree(installation: Installation, client: AsyncClient, **changes: int | None) -> None:
    me = (await client.get("/v1/auth/me")).json()
    await tenancy.agree_on_room(installation.ports, TenantId.parse(me["tenant"]["id"]), changes)


async def upload(client: AsyncClient, base: str, name: str, pages: int) -> dict[str, Any]:
    whole = pdf_pages([f"{name}, page {number}: what is said here is said nowhere else." for number in range(pages)])
    sent = await client.post(f"/v1/knowledge-bases/{base}/documents", files={"file": (name, whole, "application/pdf")})
    assert sent.status_code == 202, sent.text
    found: dict[str, Any] = sent.json()
    return found


async def test_pages_are_counted_once_they_are_read(owner: AsyncClient, working: Installation) -> None:
    await agree(working, owner, knowledge_pages=4)
    base = await make_base(owner)
    first, second = [await upload(owner, base, name, 3) for name in ("a.pdf", "b.pdf")]  # both at once on their way
    done = await asyncio.gather(settled(owner, first["id"]), settled(owner, second["id"]))
    assert sorted(document["status"] for document in done) == ["failed", "ready"]
    refused = next(document for document in done if document["status"] == "failed")
    assert refused["error"]["code"] == "knowledge.limit_reached"
    assert "has 3 pages" in refused["error"]["message"]
    assert "1 are left" in refused["error"]["message"]
    usage = (await owner.get("/v1/knowledge/usage")).json()
    assert usage["pages"] == {"used": 3, "limit": 4}
    await agree(working, owner, knowledge_pages=6)
    await owner.post(f"/v1/documents/{refused['id']}/retry")
    assert (await settled(owner, refused["id"]))["status"] == "ready"
    assert (await owner.get("/v1/knowledge/usage")).json()["pages"] == {"used": 6, "limit": 6}


async def test_another_version_counts_instead_of_the_one_before(owner: AsyncClient, working: Installation) -> None:
    await agree(working, owner, knowledge_pages=5)
    base = await make_base(owner)
    document = await settled(owner, (await upload(owner, base, "a.pdf", 3))["id"])
    whole = pdf_pages([f"The second edition, page {number}, says something else." for number in range(4)])
    await owner.put(f"/v1/documents/{document['id']}/content", files={"file": ("a.pdf", whole, "application/pdf")})
    again = await settled(owner, document["id"])
    assert (again["status"], again["page_count"]) == ("ready", 4)


async def test_a_company_of_its_own_limits(owner: AsyncClient, stranger: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    usual = (await owner.get("/v1/knowledge/usage")).json()["bases"]["limit"]
    await agree(working, owner, knowledge_bases=1, knowledge_documents=2, knowledge_bytes=40)
    refused = problem(await owner.post("/v1/knowledge-bases", json={"name": "More"}), 429, "knowledge.limit_reached")
    assert (refused["resource"], refused["used"], refused["limit"]) == ("bases", 1, 1)
    url = f"/v1/knowledge-bases/{base}/documents"
    texts = [{"name": str(number), "text": f"text {number}"} for number in range(3)]
    problem(await owner.post(url, json={"documents": texts}), 429, "knowledge.limit_reached")
    problem(await owner.post(url, json={"name": "long", "text": "a" * 41}), 429, "knowledge.limit_reached")
    assert (await owner.post(url, json={"documents": texts[:2]})).status_code == 202
    assert (await stranger.get("/v1/knowledge/usage")).json()["bases"]["limit"] == usual
    await agree(working, owner, knowledge_bases=None)
    assert (await owner.get("/v1/knowledge/usage")).json()["bases"]["limit"] == usual


async def test_what_takes_the_place_of_something_counts_instead_of_it(
    owner: AsyncClient, working: Installation
) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    text = {"name": "terms", "text": "x" * 1000}
    sent = (await owner.post(url, json=text)).json()
    await settled(owner, sent["id"])
    await agree(working, owner, knowledge_bytes=1500, knowledge_documents=1)
    again = await owner.post(url, json={"documents": [text, text]})
    assert again.status_code == 202, again.text
    content = f"/v1/documents/{sent['id']}/content"
    assert (await owner.put(content, json={"text": "y" * 1400})).status_code in {200, 202}
    await settled(owner, sent["id"])
    refused = problem(await owner.put(content, json={"text": "ä" * 800}), 429, "knowledge.limit_reached")
    assert (refused["resource"], refused["limit"]) == ("bytes", 1500), "bytes are counted, not characters"
    await agree(working, owner, knowledge_documents=None)
    problem(await owner.post(url, json={"name": "more", "text": "ä" * 60}), 429, "knowledge.limit_reached")
