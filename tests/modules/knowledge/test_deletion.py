"""Deleted means deleted: a word that was in it is found in no table and no file."""

import asyncio
import contextlib
import os
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.knowledge.shop import make_base, settled
from tests.support import malformed as made


async def places_of(connection: asyncpg.Connection, folder: Path, canary: str) -> list[str]:
    """Return the tables and files that hold a word, in any column, as text or as bytes."""
    found = []
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        query = f"SELECT count(*) FROM {table} t WHERE t::text ILIKE $1 OR t::text ILIKE $2"
        if await connection.fetchval(query, f"%{canary}%", f"%{canary.encode().hex()}%"):
            found.append(table)
    return found + files_with(folder, canary)


def files_with(folder: Path, canary: str) -> list[str]:
    """Return the files of an installation that hold a word."""
    found = []
    for parent, _, names in os.walk(folder):
        for path in (Path(parent, name) for name in names):
            with contextlib.suppress(FileNotFoundError):  # deleted at this very moment
                if canary.encode() in path.read_bytes():
                    found.append(path.relative_to(folder).as_posix())
    return found


async def gone(places: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """Return what is left once the background jobs are done."""
    left: list[str] = []
    for _ in range(200):
        left = await places()
        if not left:
            break
        await asyncio.sleep(0.05)
    return left


@pytest.mark.parametrize("what", ["document", "base"])
async def test_deleted_means_deleted(owner: AsyncClient, working: Installation, database_url: str, what: str) -> None:
    canary = f"canary{uuid.uuid4().hex}"
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    text = f"Nobody may ever find {canary} again."
    bodies = [
        {"json": {"name": canary, "text": text, "metadata": {"of": canary}}},
        {"json": {"question": f"What is {canary}?", "answer": text}},
        {"files": {"file": (f"{canary}.pdf", made.pdf_pages([text]))}},
        {"files": {"file": (f"{canary}.txt", f"{text} In another form.".encode())}},
    ]
    documents = [(await owner.post(url, **body)).json() for body in bodies]  # type: ignore[arg-type]
    for document in documents:
        assert (await settled(owner, document["id"]))["status"] == "ready"
    connection = await asyncpg.connect(database_url)
    folder = working.ports.settings.data_dir
    try:
        before = await places_of(connection, folder, canary)
        assert {"knowledge_documents", "knowledge_contents", "knowledge_chunks"} <= set(before)
        assert any(place.startswith("files/") for place in before)
        if what == "base":
            assert (await owner.delete(f"/v1/knowledge-bases/{base}")).status_code == 204
        else:
            for document in documents:
                assert (await owner.delete(f"/v1/documents/{document['id']}")).status_code == 204
        assert await gone(lambda: places_of(connection, folder, canary)) == []
        base_of = "base_number = (SELECT number FROM knowledge_indexes WHERE base_id = $1)"
        for table in ("chunks", "postings", "terms", "vectors", "token_vectors"):
            left = await connection.fetchval(
                f"SELECT count(*) FROM knowledge_{table} WHERE {base_of}", uuid.UUID(base[3:])
            )
            assert left == 0, table
    finally:
        await connection.close()
    for document in documents:
        assert (await owner.get(f"/v1/documents/{document['id']}")).status_code == 404


async def test_what_is_deleted_while_it_is_read_stays_deleted(owner: AsyncClient, working: Installation) -> None:
    base = await make_base(owner)
    url = f"/v1/knowledge-bases/{base}/documents"
    for number in range(5):
        sent = await owner.post(url, files={"file": ("a.pdf", made.pdf_pages([f"A page with the number {number}."]))})
        assert (await owner.delete(f"/v1/documents/{sent.json()['id']}")).status_code == 204
    assert (await owner.get(url)).json()["data"] == []
    assert (await owner.get(f"/v1/knowledge-bases/{base}")).json()["chunk_count"] == 0
