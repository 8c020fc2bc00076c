"""What an installation has from before pages were known by their addresses and titles went into vectors."""

import dataclasses
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.db.migrate import migrate
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.ids import KnowledgeBaseId
from medea.modules.knowledge.tasks import tend_base
from tests.modules.knowledge.shop import make_base, settled
from tests.modules.knowledge.test_documents import tenant_of
from tests.support.postgres import SharedServer

TENANT = uuid.uuid4()


@pytest.fixture
async def older(postgres: SharedServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A database with the schema of before."""
    name = f"t_upgrade_{uuid.uuid4().hex[:8]}"
    admin = await asyncpg.connect(postgres.address.url())
    await admin.execute(f'CREATE DATABASE "{name}"')
    url = postgres.address.url(name)
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "0023"))
        await migrate(url)
    yield url
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def add_base(connection: asyncpg.Connection, model: str) -> tuple[uuid.UUID, int]:
    """Add a base with vectors of a model."""
    base = uuid.uuid4()
    await connection.execute(
        "INSERT INTO knowledge_bases (tenant_id, id, name, settings, created_at, updated_at)"
        f" VALUES ($1, $2, 'b', '{{\"embedding_model\": \"{model}\"}}', now(), now())",
        TENANT,
        base,
    )
    number = await connection.fetchval(
        "INSERT INTO knowledge_indexes (tenant_id, base_id, embedding_model, embedding_dimensions)"
        " VALUES ($1, $2, $3, 2) RETURNING number",
        TENANT,
        base,
        model,
    )
    return base, number


async def add_document(
    connection: asyncpg.Connection,
    base: tuple[uuid.UUID, int],
    first: int,
    kind: str,
    *,
    chunks: int = 1,
    url: str | None = None,
    filename: str | None = None,
) -> uuid.UUID:
    """Add a document that is in the index, its chunks numbered from `first`."""
    document = uuid.uuid4()
    await connection.execute(
        "INSERT INTO knowledge_documents (tenant_id, id, base_id, name, kind, url, status, live_version, chunk_count,"
        " created_at, updated_at) VALUES ($1, $2, $3, 'n', $4, $5, 'ready', 1, $6, now(), now())",
        *(TENANT, document, base[0], kind, url, chunks),
    )
    await connection.execute(
        "INSERT INTO knowledge_contents (tenant_id, document_id, version, kind, media_type, filename, size_bytes,"
        " sha256, created_at) VALUES ($1, $2, 1, 'text', 'text/plain', $3, 1, 'x', now())",
        *(TENANT, document, filename),
    )
    for ordinal in range(chunks):
        await connection.execute(
            "INSERT INTO knowledge_chunks (tenant_id, id, base_number, number, document_id, ordinal, text,"
            " heading_path, char_from, char_to, tokens, content_hash, analysis_hash, terms, heading_terms)"
            " VALUES ($1, $2, $3, $4, $5, $6, 't', '{}', 0, 1, 1, 'h', 'h', 't', 0)",
            *(TENANT, uuid.uuid4(), base[1], first + ordinal, document, ordinal),
        )
        for table, column, value in (
            ("knowledge_vectors", "embedding", "'[1,2]'"), ("knowledge_token_vectors", "vectors", "'v'"),
        ):  # fmt: skip
            await connection.execute(
                f"INSERT INTO {table} (tenant_id, base_number, version, chunk_number, {column})"
                f" VALUES ($1, $2, 0, $3, {value})",
                *(TENANT, base[1], first + ordinal),
            )
    return document


async def test_pages_get_their_addresses_and_vectors_without_titles_are_made_again(older: str) -> None:
    connection = await asyncpg.connect(older)
    try:
        ours = await add_base(connection, "medea/minilm")
        bought = await add_base(connection, "prv_1:large")
        page = await add_document(connection, ours, 1, "page", url="https://a.example/x#top")
        await add_document(connection, ours, 2, "text")
        await add_document(connection, ours, 3, "text", filename="a.txt")
        await add_document(connection, ours, 4, "text", chunks=2)
        await add_document(connection, ours, 6, "pdf")
        await add_document(connection, bought, 1, "text")
        await connection.execute(
            "INSERT INTO knowledge_copies (tenant_id, base_number, store) VALUES ($1, $2, 'qdrant')", TENANT, ours[1]
        )
        await connection.execute("DELETE FROM schema_state")
        assert await migrate(older)
        known = "SELECT canonical_url FROM knowledge_documents WHERE id = $1"
        assert await connection.fetchval(known, page) == "https://a.example/x"
        for table in ("knowledge_vectors", "knowledge_token_vectors"):
            rows = await connection.fetch(f"SELECT base_number, chunk_number FROM {table} ORDER BY 1, 2")
            assert [tuple(row) for row in rows] == [
                (ours[1], 3),
                (ours[1], 4),
                (ours[1], 5),
                (ours[1], 6),
                (bought[1], 1),
            ]
        noted = await connection.fetch("SELECT chunk_number FROM knowledge_copy_changes ORDER BY 1")
        assert [row["chunk_number"] for row in noted] == [1, 2], "a store is told that they are gone"
        (job,) = await connection.fetch("SELECT task, queue, state, payload::text, max_attempts FROM jobs")
        assert (job["task"], job["queue"], job["state"]) == (tend_base.name, tend_base.queue, "queued")
        assert job["max_attempts"] == tend_base.retries + 1
        assert tend_base.decode(job["payload"]) == {"base_id": KnowledgeBaseId(ours[0])}
        lax = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity AND relkind = 'r'"
        )
        assert not lax, "the owner's policies hold again"
    finally:
        await connection.close()


async def test_that_job_makes_the_vectors_that_are_missing(installation: Installation, owner: AsyncClient) -> None:
    installation.ports = dataclasses.replace(installation.ports, embedders=FakeEmbedders())
    await installation.start_worker(is_alone=False)
    base = await make_base(owner, embedding_model="medea/minilm")
    sent = await owner.post(f"/v1/knowledge-bases/{base}/documents", json={"name": "a", "text": "Some words."})
    assert (await settled(owner, sent.json()["id"]))["status"] == "ready"
    ctx = Context(installation.ports, system_principal(await tenant_of(owner)))
    async with ctx.transaction() as sql:
        before = await sql.fetchval("DELETE FROM knowledge_vectors RETURNING embedding::text")
        await sql.execute("DELETE FROM knowledge_token_vectors")
    await tend_base(ctx, KnowledgeBaseId.parse(base))
    async with ctx.transaction() as sql:
        assert await sql.fetchval("SELECT embedding::text FROM knowledge_vectors") == before
        assert await sql.fetchval("SELECT count(*) FROM knowledge_token_vectors") == 1
    assert (await owner.get(f"/v1/knowledge-bases/{base}")).json()["embedding"]["state"] == "ready"
