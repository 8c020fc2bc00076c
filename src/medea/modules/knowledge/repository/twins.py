"""Which pages are the same as another document, in the database."""

from collections.abc import Sequence
from datetime import datetime

from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.models import Document
from medea.modules.knowledge.repository import documents


async def lock_with_twins(sql: Sql, ids: Sequence[DocumentId]) -> dict[DocumentId, Document]:
    """Return documents and all that are the same as one of them, by id, locked in the order of their ids."""
    twins = await sql.fetch("SELECT id FROM knowledge_documents WHERE same_as = ANY($1::uuid[])", list(ids))
    return await documents.lock_documents(sql, [*ids, *(DocumentId(row["id"]) for row in twins)])


async def lock_address(sql: Sql, base_id: KnowledgeBaseId, address: str) -> None:
    """Let nobody else of a base claim this address until this transaction ends."""
    await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))", f"{base_id.hex} {address}")


async def find_known_by(sql: Sql, base_id: KnowledgeBaseId, address: str, *, but: DocumentId) -> DocumentId | None:
    """Return the document of a base that is known by an address, locked; none of which nothing could be read."""
    found = await sql.fetchval(
        "SELECT id FROM knowledge_documents WHERE base_id = $1 AND canonical_url = $2 AND id <> $3 AND same_as IS NULL"
        " AND (live_version IS NOT NULL OR status <> 'failed') LIMIT 1 FOR UPDATE",
        base_id,
        address,
        but,
    )
    return None if found is None else DocumentId(found)


async def list_known_by(sql: Sql, base_id: KnowledgeBaseId, address: str) -> list[DocumentId]:
    """Return what is known by an address at this moment; nobody keeps it from changing."""
    rows = await sql.fetch(
        "SELECT id FROM knowledge_documents WHERE base_id = $1 AND canonical_url = $2 ORDER BY id", base_id, address
    )
    return [DocumentId(row["id"]) for row in rows]


async def set_address(sql: Sql, document_id: DocumentId, address: str) -> str | None:
    """Say which address a document is known by; return which it was before."""
    before: str | None = await sql.fetchval(
        """
        UPDATE knowledge_documents AS d SET canonical_url = $2, same_as = NULL
        FROM (SELECT tenant_id, id, canonical_url FROM knowledge_documents WHERE id = $1) AS o
        WHERE d.tenant_id = o.tenant_id AND d.id = o.id
        RETURNING o.canonical_url
        """,
        document_id,
        address,
    )
    return before


async def set_twin(sql: Sql, document_id: DocumentId, twin: DocumentId, *, at: datetime) -> None:
    """Say on a document that it is the same as another."""
    await sql.execute(
        """
        UPDATE knowledge_documents SET same_as = $2, status = 'ready', updated_at = $3, canonical_url = NULL,
            fingerprint = NULL, etag = NULL, last_modified = NULL, live_version = NULL, chunk_count = 0,
            step_done = NULL, step_total = NULL, error_code = NULL, error_message = NULL
        WHERE id = $1
        """,
        document_id,
        twin,
        at,
    )


async def release(sql: Sql, document_id: DocumentId, *, at: datetime) -> list[DocumentId]:
    """Forget that documents are the same as this one; return which were."""
    rows = await sql.fetch(
        "UPDATE knowledge_documents SET same_as = NULL, status = 'queued', updated_at = $2, error_code = NULL,"
        " error_message = NULL WHERE same_as = $1 RETURNING id",
        document_id,
        at,
    )
    return [DocumentId(row["id"]) for row in rows]
