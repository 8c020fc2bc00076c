"""A company's knowledge, for the tests of isolation: a base with a document in the index, a source, a question."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.db.sql import Sql
from medea.kernel.ids import AgentId, ConversationId, DocumentId, KnowledgeBaseId, QuestionId, SourceId, TenantId


async def furnish_knowledge(
    installation: Installation, owner: AsyncClient, tenant_id: TenantId, mark: str, talk: dict[str, str]
) -> dict[str, str]:
    """Make one of everything; needs a running worker. Returns what parameters may be filled with."""
    body = {"name": f"{mark} base", "description": mark, "settings": {"embedding_model": None}}
    base_id = (await owner.post("/v1/knowledge-bases", json=body)).json()["id"]
    file = {"file": (f"{mark}.txt", f"All about {mark}, at length.".encode(), "text/plain")}
    sent = await owner.post(f"/v1/knowledge-bases/{base_id}/documents", files=file)
    assert sent.status_code == 202, sent.text
    document_id = sent.json()["id"]
    chunk_id = await _chunk(owner, document_id)
    source_id, question_id = SourceId.new(), QuestionId.new()
    async with installation.ports.database.transaction(tenant_id) as sql:
        await _source(sql, tenant_id, KnowledgeBaseId.parse(base_id), source_id, mark)
        await _vectors(sql, tenant_id)
        await sql.execute(
            "INSERT INTO knowledge_questions (tenant_id, id, agent_id, question, terms, conversation_id, first_at,"
            " last_at) VALUES ($1, $2, $3, $4, '{1}', $5, now(), now())",
            tenant_id,
            question_id,
            AgentId.parse(talk["agent_id"]),
            f"What is {mark}?",
            ConversationId.parse(talk["conversation_id"]),
        )
    return {
        "base_id": base_id,
        "document_id": document_id,
        "source_id": str(source_id),
        "chunk_id": chunk_id,
        "question_id": str(question_id),
    }


async def _chunk(owner: AsyncClient, document_id: str) -> str:
    document: dict[str, Any] = {}
    for _ in range(1200):
        document = (await owner.get(f"/v1/documents/{document_id}")).json()
        if document["status"] == "ready":
            found: str = (await owner.get(f"/v1/documents/{document_id}/chunks")).json()["data"][0]["id"]
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"the document does not get ready: {document}")


async def _source(sql: Sql, tenant_id: TenantId, base_id: KnowledgeBaseId, source_id: SourceId, mark: str) -> None:
    """Leave a source that is not due, with a page; nobody calls its address."""
    now = datetime.now(UTC)
    await sql.execute(
        "INSERT INTO knowledge_sources (tenant_id, id, base_id, kind, url, status, created_at, updated_at)"
        " VALUES ($1, $2, $3, 'page', $4, 'ready', $5, $5)",
        tenant_id,
        source_id,
        base_id,
        f"https://{mark}.invalid/",
        now,
    )
    await sql.execute(
        "INSERT INTO knowledge_documents (tenant_id, id, base_id, source_id, name, kind, url, status, created_at,"
        " updated_at) VALUES ($1, $2, $3, $4, $5, 'page', $6, 'failed', $7, $7)",
        tenant_id,
        DocumentId.new(),
        base_id,
        source_id,
        f"{mark} page",
        f"https://{mark}.invalid/",
        now,
    )


async def _vectors(sql: Sql, tenant_id: TenantId) -> None:
    """Give the chunk vectors that no model made."""
    for columns, value in (("embedding", "'[1,2,3]'"), ("vectors", r"'\x00'")):
        table = "knowledge_vectors" if columns == "embedding" else "knowledge_token_vectors"
        await sql.execute(
            f"INSERT INTO {table} (tenant_id, base_number, version, chunk_number, {columns})"
            f" SELECT tenant_id, base_number, 1, number, {value} FROM knowledge_chunks WHERE tenant_id = $1",
            tenant_id,
        )
    for table, columns, values in (
        ("knowledge_copies", "store", "'qdrant'"),
        ("knowledge_copy_changes", "version, chunk_number, dimensions", "1, 1, 3"),
    ):
        await sql.execute(
            f"INSERT INTO {table} (tenant_id, base_number, {columns})"
            f" SELECT tenant_id, number, {values} FROM knowledge_indexes WHERE tenant_id = $1",
            tenant_id,
        )
