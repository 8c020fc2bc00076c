"""Documents through the API: in, listed, read, changed, replaced."""

from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId
from tests.modules.knowledge.shop import all_settled, chunk_texts, make_base, settled
from tests.support.app import problem


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


async def test_a_batch_of_texts(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    texts = [{"name": f"note {n}", "text": f"This is the note with number {n}."} for n in range(100)]
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"documents": [*texts[:99], texts[0]]})
    assert sent.status_code == 202, sent.text
    assert [one["is_duplicate"] for one in sent.json()["data"]] == [False] * 99 + [True]
    documents = await all_settled(owner, base)
    assert [(d["name"], d["status"], d["chunk_count"]) for d in documents] == [
        (f"note {n}", "ready", 1) for n in range(99)
    ]
    found = (await owner.get(f"/v1/knowledge-bases/{base}")).json()
    assert (found["document_count"], found["chunk_count"]) == (99, 99)
    listed = await owner.get(f"/v1/knowledge-bases/{base}/documents", params={"q": "note 42", "status": "ready"})
    assert [one["name"] for one in listed.json()["data"]] == ["note 42"]
    one_too_many = [*texts, texts[0]]
    problem(
        await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"documents": one_too_many}),
        422,
        "request.invalid",
    )


async def test_a_question_with_its_answer(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    body = {"question": "When do you open?", "answer": "At nine, but on Sundays."}
    document = (await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)).json()
    document = await settled(owner, document["id"])
    assert (document["kind"], document["name"]) == ("qa", "When do you open?")
    assert await chunk_texts(owner, document["id"]) == ["When do you open?\n\nAt nine, but on Sundays."]
    changed = await owner.put(f"/v1/documents/{document['id']}/content", json={"answer": "At ten."})
    assert changed.status_code == 202, changed.text
    assert (await settled(owner, document["id"]))["version"] == 2
    assert await chunk_texts(owner, document["id"]) == ["When do you open?\n\nAt ten."]


async def test_bodies_that_say_nothing_or_two_things(owner: AsyncClient) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    bodies: list[Any] = [
        {},
        {"text": "no name"},
        {"name": "no text"},
        {"name": "a", "text": "b", "question": "c"},
        {"name": "a", "text": "b", "max_pages": 3},
        {"question": "no answer"},
        {"name": "a", "text": "b", "metadata": {"deep": {"er": 1}}},
        {"name": "a\nb", "text": "b"},
        {"name": "a", "text": "  "},
        [],
    ]
    for body in bodies:
        problem(await owner.post(url, json=body), 422, "request.invalid")
    problem(await owner.post(url, content=b"{", headers={"content-type": "application/json"}), 422, "request.invalid")
    problem(await owner.post(url, files={"other": ("a.txt", b"x")}), 422, "knowledge.invalid_document")


async def test_a_new_version_replaces_the_old_whole(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    document = (await owner.post(url, files={"file": ("a.txt", b"The first version.")})).json()
    await settled(owner, document["id"])
    kept = (await owner.get(f"/v1/documents/{document['id']}/chunks")).json()["data"][0]["id"]
    content = f"/v1/documents/{document['id']}/content"
    same = await owner.put(content, files={"file": ("b.txt", b"The first version.")})
    assert (same.status_code, same.json()["version"], same.json()["status"]) == (202, 1, "ready")
    assert (await owner.put(content, files={"file": ("a.pdf", b"%PDF-1.7 broken")})).json()["version"] == 2
    failed = await settled(owner, document["id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "damaged")
    assert (failed["is_searchable"], failed["live_version"]) == (True, 1)
    assert (await owner.get(f"/v1/documents/{document['id']}/chunks")).json()["data"][0]["id"] == kept
    await owner.put(content, files={"file": ("a.txt", b"The second version.")})
    ready = await settled(owner, document["id"])
    assert (ready["status"], ready["version"], ready["live_version"], ready["error"]) == ("ready", 3, 3, None)
    assert await chunk_texts(owner, document["id"]) == ["The second version."]
    other = (await owner.post(url, files={"file": ("c.txt", b"Another document.")})).json()
    problem(
        await owner.put(f"/v1/documents/{other['id']}/content", files={"file": ("a.txt", b"The second version.")}),
        409,
        "knowledge.document_exists",
    )
    await settled(owner, other["id"])
    keys = await working.ports.storage.list_keys(await tenant_of(owner))
    assert len(keys) == 2, "the originals of earlier versions are gone"


async def test_a_new_name_is_searched_and_metadata_kept(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    body = {"name": "old", "text": "Something."}
    document = (await owner.post(f"/v1/knowledge-bases/{base}/documents", json=body)).json()
    await settled(owner, document["id"])
    changed = await owner.patch(f"/v1/documents/{document['id']}", json={"name": "new", "metadata": {"a": [1, 2]}})
    assert (changed.json()["name"], changed.json()["metadata"], changed.json()["version"]) == ("new", {"a": [1, 2]}, 1)
    assert (await settled(owner, document["id"]))["status"] == "ready"


async def test_shorter_chunks_cut_documents_anew(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner, chunk_tokens=512)
    text = "A sentence that stands for many others of its kind, all alike. " * 60
    document = (await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": text})).json()
    before = (await settled(owner, document["id"]))["chunk_count"]
    changed = await owner.patch(f"/v1/knowledge-bases/{base}", json={"settings": {"chunk_tokens": 64}})
    assert changed.json()["settings"]["chunk_tokens"] == 64
    assert changed.json()["settings"]["embedding_model"] is None
    count = before
    for _ in range(200):
        count = (await settled(owner, document["id"]))["chunk_count"]
        if count != before:
            break
    assert count > 4 * before


async def test_what_is_used_of_the_limits(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": "four"})
    usage = (await owner.get("/v1/knowledge/usage")).json()
    assert (usage["bases"]["used"], usage["documents"]["used"], usage["bytes"]["used"]) == (1, 1, 4)
    assert usage["documents"]["limit"] == working.ports.settings.knowledge.max_documents


async def test_only_who_may_write_adds(owner: AsyncClient, anonymous: AsyncClient) -> None:
    base = await make_base(owner)
    key = await owner.post("/v1/api-keys", json={"name": "k", "kind": "secret", "scopes": ["knowledge:read"]})
    headers = {"authorization": f"Bearer {key.json()['key']}"}
    url = f"/v1/knowledge-bases/{base}/documents"
    assert (await anonymous.get(url, headers=headers)).status_code == 200
    problem(await anonymous.post(url, headers=headers, json={"name": "a", "text": "b"}), 403, "auth.forbidden")


async def tenant_of(client: AsyncClient) -> TenantId:
    return TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])
