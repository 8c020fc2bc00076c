"""Documents in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId, KnowledgeBaseId, SourceId, TenantId, UserId
from medea.modules.knowledge.models import EMBEDDING_FAILED, Document, Failure

_SELECT = """
SELECT d.id, d.base_id, d.source_id, d.name, d.kind, d.url, d.metadata, d.status, d.step_done, d.step_total,
       d.error_code, d.error_message, d.version, d.live_version, d.chunk_count, d.language, d.etag, d.last_modified,
       d.checked_at, d.same_as, d.created_at, d.updated_at, d.indexed_at,
       c.size_bytes, c.page_count, c.media_type, c.filename, c.notice
FROM knowledge_documents d
LEFT JOIN knowledge_contents c ON c.tenant_id = d.tenant_id AND c.document_id = d.id AND c.version = d.version
"""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What a document's row begins with.

    Attributes:
        fingerprint: 32 bytes that equal content has in common; None where nothing is known yet.
    """

    id: DocumentId
    name: str
    kind: str
    fingerprint: bytes | None
    metadata: dict[str, Any] = field(default_factory=dict)
    url: str | None = None
    source_id: SourceId | None = None


async def insert_documents(
    sql: Sql,
    tenant_id: TenantId,
    base_id: KnowledgeBaseId,
    documents: Sequence[NewDocument],
    *,
    at: datetime,
    by: UserId | None,
) -> set[DocumentId]:
    """Add documents but those whose content the base has already; return the ids of those that were added."""
    rows = await sql.fetch(
        """
        INSERT INTO knowledge_documents
          (tenant_id, id, base_id, source_id, name, kind, url, metadata, fingerprint, status, created_at, created_by,
           updated_at)
        SELECT $1, n.id, $2, n.source_id, n.name, n.kind, n.url, n.metadata, n.fingerprint, 'queued', $3, $4, $3
        FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::jsonb[], $11::bytea[])
          AS n (id, source_id, name, kind, url, metadata, fingerprint)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        tenant_id,
        base_id,
        at,
        by,
        [d.id for d in documents],
        [d.source_id for d in documents],
        [d.name for d in documents],
        [d.kind for d in documents],
        [d.url for d in documents],
        [d.metadata for d in documents],
        [d.fingerprint for d in documents],
    )
    return {DocumentId(row["id"]) for row in rows}


async def find_document(sql: Sql, document_id: DocumentId, *, for_update: bool = False) -> Document | None:
    """Return a document."""
    lock = " FOR UPDATE OF d" if for_update else ""
    row = await sql.fetchrow(f"{_SELECT} WHERE d.id = $1{lock}", document_id)
    return None if row is None else Document.of(row)


async def lock_documents(sql: Sql, ids: Sequence[DocumentId]) -> dict[DocumentId, Document]:
    """Return documents by id, locked in the order of their ids; unknown ones are left out."""
    rows = await sql.fetch(f"{_SELECT} WHERE d.id = ANY($1::uuid[]) ORDER BY d.id FOR UPDATE OF d", list(ids))
    return {(found := Document.of(row)).id: found for row in rows}


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the index has of a document now; `pending`: chunks that wait for their vectors."""

    document_id: DocumentId
    chunks: int
    language: str | None
    pending: int


async def set_indexed(sql: Sql, indexed: Sequence[Indexed], *, at: datetime) -> None:
    """Say on documents that their present version is in the index, and what it still waits for."""
    await sql.execute(
        """
        UPDATE knowledge_documents AS d SET status = CASE WHEN n.pending = 0 THEN 'ready' ELSE 'embedding' END,
            live_version = d.version, chunk_count = n.chunks, language = n.language, updated_at = $1, indexed_at = $1,
            step_done = CASE WHEN n.pending > 0 THEN 0 END, step_total = nullif(n.pending, 0),
            error_code = NULL, error_message = NULL
        FROM unnest($2::uuid[], $3::int[], $4::text[], $5::int[]) AS n (id, chunks, language, pending)
        WHERE d.id = n.id
        """,
        at,
        [one.document_id for one in indexed],
        [one.chunks for one in indexed],
        [one.language for one in indexed],
        [one.pending for one in indexed],
    )


async def set_embedded(sql: Sql, ids: Sequence[DocumentId], version: int, *, at: datetime) -> list[DocumentId]:
    """Say that documents have their vectors, as far as they waited for them in this version; return which did."""
    rows = await sql.fetch(
        """
        UPDATE knowledge_documents SET status = 'ready', updated_at = $3, step_done = NULL, step_total = NULL,
            error_code = NULL, error_message = NULL
        WHERE id = ANY($1::uuid[]) AND version = $2 AND live_version = $2
          AND (status = 'embedding' OR (status = 'failed' AND error_code = $4))
        RETURNING id
        """,
        list(ids),
        version,
        at,
        EMBEDDING_FAILED,
    )
    return [DocumentId(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How many documents of all tenants are in a state that is not their last.

    Attributes:
        oldest_seconds: since something was last seen of the one of which that is longest ago.
    """

    state: str
    number: int
    oldest_seconds: float


async def count_unfinished(sql: Sql) -> list[Unfinished]:
    """Count the documents of all tenants that are on their way, as `medea_system`."""
    rows = await sql.fetch(
        "SELECT status, count(*) AS number, extract(epoch FROM now() - min(updated_at))::float8 AS oldest"
        " FROM knowledge_documents WHERE status NOT IN ('ready', 'failed') GROUP BY status"
    )
    return [Unfinished(row["status"], row["number"], row["oldest"]) for row in rows]


async def list_unembedded(sql: Sql, before: datetime, limit: int) -> list[tuple[TenantId, DocumentId, int]]:
    """Return documents whose vectors could not be made and were last tried before; as `medea_system`.

    Args:
        sql: a transaction.
        before: they were last tried earlier than this.
        limit: of each tenant, those first that wait longest; together, one tenant after the other.
    """
    rows = await sql.fetch(
        "SELECT tenant_id, id, version FROM (SELECT tenant_id, id, version,"
        " row_number() OVER (PARTITION BY tenant_id ORDER BY updated_at, id) AS place FROM knowledge_documents"
        f" WHERE status = 'failed' AND error_code = '{EMBEDDING_FAILED}' AND updated_at < $1) AS waiting"
        " WHERE place <= $2 ORDER BY tenant_id, place",
        before,
        limit,
    )
    return [(TenantId(row["tenant_id"]), DocumentId(row["id"]), row["version"]) for row in rows]


async def list_same(sql: Sql, base_id: KnowledgeBaseId, fingerprints: Sequence[bytes]) -> dict[bytes, Document]:
    """Return the documents of a base that have these contents."""
    rows = await sql.fetch(
        _SELECT.replace("SELECT ", "SELECT d.fingerprint, ", 1)
        + " WHERE d.base_id = $1 AND d.fingerprint = ANY($2::bytea[])",
        base_id,
        list(fingerprints),
    )
    return {row["fingerprint"]: Document.of(row) for row in rows}


async def list_by_ids(sql: Sql, ids: Sequence[DocumentId]) -> dict[DocumentId, Document]:
    """Return documents by id; unknown ones are left out."""
    rows = await sql.fetch(f"{_SELECT} WHERE d.id = ANY($1::uuid[])", list(ids))
    return {(found := Document.of(row)).id: found for row in rows}


async def list_documents(
    sql: Sql,
    base_id: KnowledgeBaseId,
    paging: PageRequest,
    *,
    status: Sequence[str] | None = None,
    q: str | None = None,
    source_id: SourceId | None = None,
) -> Page[Document]:
    """Return a base's documents, newest first; `q` is looked for in name and address."""
    before = paging.id_key(DocumentId)
    pattern = None if q is None else "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = await sql.fetch(
        f"{_SELECT} WHERE d.base_id = $1 AND ($2::uuid IS NULL OR d.id < $2)"
        " AND ($3::text[] IS NULL OR d.status = ANY($3)) AND ($4::text IS NULL OR d.name ILIKE $4 OR d.url ILIKE $4)"
        " AND ($5::uuid IS NULL OR d.source_id = $5) ORDER BY d.id DESC LIMIT $6",
        base_id,
        before,
        None if status is None else list(status),
        pattern,
        source_id,
        paging.limit + 1,
    )
    return paging.page([Document.of(row) for row in rows], lambda document: [str(document.id)])


async def list_searchable(sql: Sql, base_ids: Sequence[KnowledgeBaseId], paging: PageRequest) -> Page[Document]:
    """Return the documents of several bases that have been in the index, newest first."""
    before = paging.id_key(DocumentId)
    rows = await sql.fetch(
        f"{_SELECT} WHERE d.base_id = ANY($1) AND d.live_version IS NOT NULL AND ($2::uuid IS NULL OR d.id < $2)"
        " ORDER BY d.id DESC LIMIT $3",
        list(base_ids),
        before,
        paging.limit + 1,
    )
    return paging.page([Document.of(row) for row in rows], lambda document: [str(document.id)])


async def list_of_source(sql: Sql, source_id: SourceId) -> list[Document]:
    """Return all documents of a source."""
    rows = await sql.fetch(f"{_SELECT} WHERE d.source_id = $1 ORDER BY d.id", source_id)
    return [Document.of(row) for row in rows]


async def lock_of_base(sql: Sql, base_id: KnowledgeBaseId) -> None:
    """Let nobody else change any document of a base; in the order of their ids, as everywhere."""
    await sql.execute("SELECT FROM knowledge_documents WHERE base_id = $1 ORDER BY id FOR UPDATE", base_id)


async def list_ids(sql: Sql, base_id: KnowledgeBaseId) -> list[tuple[DocumentId, int]]:
    """Return id and version of the documents of a base that have been in its index."""
    rows = await sql.fetch(
        "SELECT id, version FROM knowledge_documents WHERE base_id = $1 AND live_version IS NOT NULL ORDER BY id",
        base_id,
    )
    return [(DocumentId(row["id"]), row["version"]) for row in rows]


_COLUMNS = frozenset(
    {
        "name", "metadata", "kind", "url", "fingerprint", "status", "step_done", "step_total", "error_code",
        "error_message", "version", "live_version", "chunk_count", "language", "etag", "last_modified", "checked_at",
        "indexed_at", "source_id", "canonical_url", "same_as",
    }
)  # fmt: skip


async def update_document(sql: Sql, document_id: DocumentId, *, at: datetime | None = None, **changes: Any) -> bool:
    """Change columns of a document; with `at` it counts as a change that people see in `updated_at`.

    Raises:
        ValueError: there is no such column.
    """
    if unknown := changes.keys() - _COLUMNS:
        raise ValueError(f"no columns of a document: {sorted(unknown)}")
    values = dict(changes) | ({} if at is None else {"updated_at": at})
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 2))
    done = await sql.execute(
        f"UPDATE knowledge_documents SET {assignments} WHERE id = $1", document_id, *values.values()
    )
    return done != "UPDATE 0"


async def set_progress(
    sql: Sql, document_id: DocumentId, version: int, status: str, done: int, total: int, *, at: datetime
) -> None:
    """Tell how far a step is, unless a newer version has come meanwhile."""
    await sql.execute(
        "UPDATE knowledge_documents SET status = $3, step_done = $4, step_total = $5, updated_at = $6"
        " WHERE id = $1 AND version = $2",
        document_id,
        version,
        status,
        done,
        total,
        at,
    )


async def set_failed(sql: Sql, document_id: DocumentId, failure: Failure, *, at: datetime) -> None:
    """Say why a document could not be taken in."""
    await update_document(
        sql,
        document_id,
        at=at,
        status="failed",
        step_done=None,
        step_total=None,
        error_code=failure.code,
        error_message=failure.message,
    )


async def delete_document(sql: Sql, document_id: DocumentId) -> bool:
    """Delete a document with its contents."""
    return await sql.execute("DELETE FROM knowledge_documents WHERE id = $1", document_id) != "DELETE 0"
