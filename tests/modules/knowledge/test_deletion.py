"""Deleted means deleted: a word that was in it is found in no table and no file."""

import asyncio
import contextlib
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.periodic import PLATFORM_TENANT
from medea.kernel.context import Context
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.service import sweeping
from tests.modules.knowledge.shop import make_base, settled
from tests.modules.knowledge.test_documents import tenant_of
from tests.support import malformed as made
from tests.support.app import TravelClock


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
    for _ in range(1200):
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


async def test_files_that_nothing_names_are_swept(
    owner: AsyncClient, working: Installation, clock: TravelClock
) -> None:
    base = await make_base(owner)
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", files={"file": ("a.txt", b"Named by its row.")})
    await settled(owner, sent.json()["id"])
    tenant, storage = await tenant_of(owner), working.ports.storage
    kept = await storage.list_keys(tenant)

    async def piece() -> AsyncIterator[bytes]:
        yield b"left behind"

    stray = queueing.content_key(KnowledgeBaseId.parse(base), DocumentId.new(), 1)
    await storage.write(tenant, stray, piece())
    ctx = Context(working.ports, system_principal(tenant))
    assert await sweeping.sweep_files(ctx) == 0, "it may still be under way"
    clock.advance(hours=25)
    assert await sweeping.hand_out_sweeps(Context(working.ports, system_principal(PLATFORM_TENANT))) >= 1
    for _ in range(1200):
        if await storage.list_keys(tenant) == kept:
            break
        await asyncio.sleep(0.05)
    assert await storage.list_keys(tenant) == kept
