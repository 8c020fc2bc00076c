"""Files through the API: many at once, each on its own; what was uploaded is given back."""

import json

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.settings import KnowledgeSettings, Settings
from tests.modules.knowledge.shop import all_settled, chunk_texts, make_base, settled
from tests.modules.knowledge.test_documents import tenant_of
from tests.support import malformed as made
from tests.support.app import problem

PAGES = [
    "The opening hours of the shop are from nine to five on every day of the week.",
    "Parcels are sent on the next working day.\nThey arrive within a week at the latest.",
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With limits that a test can reach."""
    limits = KnowledgeSettings(max_file_bytes=1_000_000, max_upload_bytes=9_000_000, max_documents=20)
    return settings.model_copy(update={"knowledge": limits})


async def test_good_and_bad_files_at_once(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    files = {
        "hours.pdf": made.pdf_pages(PAGES),
        "broken.pdf": made.pdf_pages(PAGES)[:300],
        "bomb.docx": made.external_entity(),
        "empty.txt": b"",
        "../../x": b"A harmless text with a name that climbs.",
        "notes.md": b"# Notes\n\nSome notes on everything.",
        "prices.csv": b"article;price\nbread;3\nbutter;2\n",
        "page.html": b"<html><nav>Home</nav><main><h1>Us</h1><p>All about us.</main></html>",
        "large.txt": b"x" * 1_000_001,
    }
    sent = await owner.post(
        f"/v1/knowledge-bases/{base}/documents",
        files=[("file", (name, content)) for name, content in files.items()],
        data={"metadata": json.dumps({"of": "the test"})},
    )
    assert sent.status_code == 202, sent.text
    documents = {document["name"]: document for document in await all_settled(owner, base)}
    assert set(documents) == set(files)
    assert {name: d["error"]["code"] for name, d in documents.items() if d["status"] == "failed"} == {
        "broken.pdf": "damaged",
        "bomb.docx": "forbidden_xml",
        "empty.txt": "empty",
        "large.txt": "knowledge.file_too_large",
    }
    assert {name: d["kind"] for name, d in documents.items() if d["status"] == "ready"} == {
        "hours.pdf": "pdf",
        "../../x": "text",
        "notes.md": "markdown",
        "prices.csv": "csv",
        "page.html": "html",
    }
    assert all(d["metadata"] == {"of": "the test"} for d in documents.values())
    assert await chunk_texts(owner, documents["page.html"]["id"]) == ["Us\n\nAll about us."]
    assert await chunk_texts(owner, documents["prices.csv"]["id"]) == [
        "| article | price |\n| bread | 3 |\n| butter | 2 |"
    ]
    assert documents["hours.pdf"]["page_count"] == 2
    problem(await owner.post(f"/v1/documents/{documents['large.txt']['id']}/retry"), 409, "knowledge.nothing_to_retry")
    again = await owner.post(f"/v1/documents/{documents['broken.pdf']['id']}/retry")
    assert (again.status_code, again.json()["status"], again.json()["error"]) == (202, "queued", None)
    assert (await settled(owner, documents["broken.pdf"]["id"]))["error"]["code"] == "damaged"


async def test_limits_are_told(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    told = problem(await owner.post(url, files={"file": ("a.txt", b"x" * 1_000_001)}), 413, "knowledge.file_too_large")
    assert told["limit"] == 1_000_000
    problem(await owner.post(url, files={"file": ("a.txt", b"x" * 9_000_001)}), 413, "request.too_large")
    texts = [{"name": f"n{n}", "text": f"text {n}"} for n in range(20)]
    assert (await owner.post(url, json={"documents": texts})).status_code == 202
    told = problem(await owner.post(url, json={"name": "one more", "text": "x"}), 429, "knowledge.limit_reached")
    assert (told["resource"], told["used"], told["limit"]) == ("documents", 20, 20)
    problem(await owner.post(url, files={"file": ("a.txt", b"one more")}), 429, "knowledge.limit_reached")
    assert await working.ports.storage.list_keys(await tenant_of(owner)) == [], "nothing is kept of what was refused"
    problem(await owner.patch("/v1/auth/me", content=b"x" * 3_000_000), 413, "request.too_large")


async def test_the_original_comes_back_and_runs_nothing(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    content = b"<html><script>alert(1)</script><body><p>A page of a stranger.</p></body></html>"
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files={"file": ('a"\r\nb.html', content)})
    answer = await owner.get(f"/v1/documents/{sent.json()['id']}/original")
    assert answer.content == content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert "sandbox" in answer.headers["content-security-policy"]
    text = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": "b"})
    problem(await owner.get(f"/v1/documents/{text.json()['id']}/original"), 404, "knowledge.no_original")


async def test_pages_of_a_pdf(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    file = {"file": ("hours.pdf", made.pdf_pages(PAGES), "text/plain")}
    document = (await owner.post(f"/v1/knowledge-bases/{base}/documents", files=file)).json()
    assert document["kind"] == "pdf", "by its content, whatever was said of it"
    await settled(owner, document["id"])
    pages = (await owner.get(f"/v1/documents/{document['id']}/text")).json()["pages"]
    assert [page["number"] for page in pages] == [1, 2]
    whole = "".join(page["text"] for page in pages)
    chunk = (await owner.get(f"/v1/documents/{document['id']}/chunks")).json()["data"][0]
    assert whole[chunk["char_from"] : chunk["char_to"]] == chunk["text"]
    assert (chunk["page_from"], chunk["page_to"]) == (1, 2)
    address = f"/v1/documents/{document['id']}/pages/2.png"
    plain = await owner.get(address)
    assert (plain.status_code, plain.headers["content-type"]) == (200, "image/png")
    marked = await owner.get(address, params={"quote": "next working day. They arrive"})
    assert marked.content != plain.content
    assert (await owner.get(address, params={"quote": "not on this page at all"})).content == plain.content
    problem(await owner.get(f"/v1/documents/{document['id']}/pages/3.png"), 404, "knowledge.page_not_found")


async def test_preview_keeps_nothing(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/preview"
    text = "A sentence that stands for many others of its kind, all alike. " * 60
    whole = (await owner.post(url, json={"text": text})).json()
    short = (await owner.post(url, json={"text": text, "settings": {"chunk_tokens": 64}})).json()
    assert short["chunk_count"] > 2 * whole["chunk_count"] > 0
    assert whole["language"] == "en"
    assert text[whole["data"][0]["char_from"] : whole["data"][0]["char_to"]] == whole["data"][0]["text"]
    file = {"file": ("a.pdf", made.pdf_pages(PAGES))}
    read = await owner.post(url, files=file, data={"settings": json.dumps({"chunk_tokens": 64})})
    assert (read.status_code, read.json()["page_count"]) == (200, 2)
    refused = problem(await owner.post(url, files={"file": ("a.pdf", b"%PDF-")}), 422, "knowledge.unsupported_file")
    assert refused["errors"][0]["code"] == "damaged"
    problem(await owner.post(url, files=file, data={"settings": "{"}), 422, "request.invalid")
    assert (await owner.get(f"/v1/knowledge-bases/{base}")).json()["document_count"] == 0


async def test_an_upload_that_is_sent_again_gets_the_first_answer(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    sent = [
        await owner.post(url, headers={"Idempotency-Key": key}, files={"file": (name, content, "text/plain")})
        for key, name, content in [
            ("one", "a.txt", b"The text of a."),
            ("one", "a.txt", b"The text of a."),
            ("one", "a.txt", b"The text of b."),
            ("two", "a.txt", b"The text of a."),
        ]
    ]
    assert [answer.status_code for answer in sent] == [202, 202, 422, 200]
    assert sent[1].json() == sent[0].json()
    assert sent[1].headers["Idempotency-Replayed"] == "true"
    problem(sent[2], 422, "request.idempotency_key_reused")
    assert sent[3].json()["is_duplicate"]
