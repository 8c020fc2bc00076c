"""What the index holds after documents came, changed and went."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from medea.kernel.db.database import Database
from medea.modules.knowledge.index import documents
from medea.modules.knowledge.index.analysis import analyse
from tests.modules.knowledge.shelf import Shelf, drafts

TABLES = (
    "knowledge_chunks", "knowledge_postings", "knowledge_terms", "knowledge_vectors", "knowledge_token_vectors",
    "knowledge_indexes",
)  # fmt: skip


@pytest.fixture
async def shelf(database: Database) -> Shelf:
    return await Shelf(database).make()


async def check(shelf: Shelf) -> None:
    """Postings, statistics and counts are what the chunks' texts say."""
    async with shelf.database.transaction(shelf.tenant) as sql:
        chunks = await sql.fetch("SELECT number, text, language, heading_path FROM knowledge_chunks")
        titles = await sql.fetch(
            "SELECT c.number, d.name FROM knowledge_chunks c JOIN knowledge_documents d ON d.id = c.document_id"
        )
        postings = await sql.fetch("SELECT term, chunk_number, frequency, length FROM knowledge_postings")
        terms = await sql.fetch("SELECT term, chunk_count FROM knowledge_terms")
        base = await sql.fetchrow("SELECT chunk_count, term_count, languages FROM knowledge_indexes")
    assert base is not None
    name = {row["number"]: "" if row["name"] == "untitled" else row["name"] for row in titles}
    of = {
        row["number"]: [
            *analyse(name[row["number"]], row["language"]),
            *analyse(" ".join(row["heading_path"]), row["language"]),
            *analyse(row["text"], row["language"]),
        ]
        for row in chunks
    }
    expected = {
        (term, number): (frequency, len(found))
        for number, found in of.items()
        for term, frequency in Counter(found).items()
    }
    assert {(row[0], row[1]): (row[2], row[3]) for row in postings} == expected
    assert dict(map(tuple, terms)) == Counter(term for term, _ in expected)
    assert base["chunk_count"] == len(chunks)
    assert base["term_count"] == sum(map(len, of.values()))
    assert base["languages"] == Counter(row["language"] for row in chunks)


async def test_a_document_comes(shelf: Shelf) -> None:
    _, replaced = await shelf.put(["The cat sat.", "The dogs ran, the dog sat."], title="Animals")
    assert replaced == documents.Replaced(kept=0, added=2, removed=0, pending=2)
    await check(shelf)


async def test_unchanged_chunks_keep_id_and_vector(shelf: Shelf) -> None:
    document_id, _ = await shelf.put(["one apple", "two pears", "two pears", "three plums"])
    async with shelf.database.transaction(shelf.tenant) as sql:
        before = dict(map(tuple, await sql.fetch("SELECT text || ordinal, id FROM knowledge_chunks")))
        await sql.execute(
            "INSERT INTO knowledge_vectors SELECT tenant_id, base_number, 0, number, '[1,2]' FROM knowledge_chunks"
        )
    _, replaced = await shelf.put(["two pears", "four figs", "one apple"], document_id=document_id)
    assert replaced == documents.Replaced(kept=2, added=1, removed=2, pending=1)
    async with shelf.database.transaction(shelf.tenant) as sql:
        rows = await sql.fetch("SELECT text, ordinal, id, char_from FROM knowledge_chunks ORDER BY ordinal")
    assert [row["text"] for row in rows] == ["two pears", "four figs", "one apple"]
    assert [row["char_from"] for row in rows] == [0, 9, 18]
    assert rows[0]["id"] == before["two pears1"]
    assert rows[2]["id"] == before["one apple0"]
    assert await shelf.count("knowledge_vectors") == 2
    await check(shelf)


async def test_another_language_gives_kept_chunks_other_terms(shelf: Shelf) -> None:
    document_id, _ = await shelf.put(["Die Häuser stehen."], language="en")
    _, replaced = await shelf.put(["Die Häuser stehen."], document_id=document_id, language="de")
    assert replaced == documents.Replaced(kept=1, added=0, removed=0, pending=1)
    await check(shelf)


async def test_the_language_is_found_out(shelf: Shelf) -> None:
    await shelf.put(["Die Häuser stehen in einer Straße, die nicht weit von hier ist."], language=None)
    async with shelf.database.transaction(shelf.tenant) as sql:
        assert await sql.fetchval("SELECT language FROM knowledge_chunks") == "de"


async def test_removing_leaves_nothing(shelf: Shelf) -> None:
    first, _ = await shelf.put(["one apple", "two pears"])
    await shelf.put(["one plum"], title="Plums", headings=("Fruit", "Stone fruit"))
    await check(shelf)
    await shelf.remove(first)
    await check(shelf)
    async with shelf.database.transaction(shelf.tenant) as sql:
        await documents.remove_base(sql, shelf.tenant, shelf.base_id)
    assert {table: await shelf.count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)


async def test_a_base_without_a_model_waits_for_no_vectors(database: Database) -> None:
    shelf = await Shelf(database, settings={"embedding_model": None}).make()
    _, replaced = await shelf.put(["one apple"])
    assert replaced.pending == 0


async def test_a_long_text_may_take_its_time(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL ends what says nothing for seconds; ten million characters take five on a fast machine."""
    analyse_all = documents._analyse_versions

    def slowly(versions: Sequence[documents.NewVersion]) -> Any:
        time.sleep(0.8)
        return analyse_all(versions)

    monkeypatch.setattr(documents, "_analyse_versions", slowly)
    document_id, _ = await shelf.put(["a first text"])
    texts = [f"A sentence of many, number {number}. " * 1000 for number in range(40)]
    version = documents.NewVersion(document_id, drafts(texts), "en", "", is_titled=True)
    async with shelf.database.transaction(shelf.tenant) as sql:
        await sql.execute("SET LOCAL idle_in_transaction_session_timeout = '300ms'")
        done = await documents.replace_document(sql, shelf.tenant, shelf.base_id, version)
    assert done.added == 40
