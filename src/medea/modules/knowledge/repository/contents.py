"""Versions of what documents say, in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId, TenantId
from medea.modules.knowledge.models import Content

_META = "document_id, version, kind, media_type, filename, storage_key, size_bytes, sha256, page_count"


@dataclass(frozen=True, slots=True)
class NewContent:
    """What a version begins with: a stored original, or a text."""

    document_id: DocumentId
    version: int
    kind: str
    media_type: str
    size_bytes: int
    sha256: bytes
    filename: str | None = None
    storage_key: str | None = None
    text: str | None = None


async def insert_contents(sql: Sql, tenant_id: TenantId, contents: Sequence[NewContent], *, at: datetime) -> None:
    """Add versions."""
    await sql.execute(
        """
        INSERT INTO knowledge_contents
          (tenant_id, document_id, version, kind, media_type, size_bytes, sha256, filename, storage_key, text,
           created_at)
        SELECT $1, n.*, $2
        FROM unnest($3::uuid[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::bytea[], $9::text[], $10::text[],
                    $11::text[]) AS n
        """,
        tenant_id,
        at,
        [c.document_id for c in contents],
        [c.version for c in contents],
        [c.kind for c in contents],
        [c.media_type for c in contents],
        [c.size_bytes for c in contents],
        [c.sha256 for c in contents],
        [c.filename for c in contents],
        [c.storage_key for c in contents],
        [c.text for c in contents],
    )


async def find_content(sql: Sql, document_id: DocumentId, version: int, *, with_text: bool) -> Content | None:
    """Return a version; without `with_text` its text and structure are None."""
    columns = "text, structure" if with_text else "NULL AS text, NULL AS structure"
    row = await sql.fetchrow(
        f"SELECT {_META}, {columns} FROM knowledge_contents WHERE document_id = $1 AND version = $2",
        document_id,
        version,
    )
    return None if row is None else Content.of(row)


async def list_texts(sql: Sql, document_ids: Sequence[DocumentId], version: int) -> list[tuple[DocumentId, str]]:
    """Return the texts of a version of documents, as far as they are known, by their ids."""
    rows = await sql.fetch(
        "SELECT document_id, text FROM knowledge_contents"
        " WHERE document_id = ANY($1::uuid[]) AND version = $2 AND text IS NOT NULL ORDER BY document_id",
        list(document_ids),
        version,
    )
    return [(DocumentId(row["document_id"]), row["text"]) for row in rows]


async def has_text(sql: Sql, document_id: DocumentId, version: int) -> bool | None:
    """Tell whether the text of a version is known; None: there is no such version."""
    found: bool | None = await sql.fetchval(
        "SELECT text IS NOT NULL FROM knowledge_contents WHERE document_id = $1 AND version = $2", document_id, version
    )
    return found


async def set_text(
    sql: Sql,
    document_id: DocumentId,
    version: int,
    *,
    kind: str,
    text: str,
    structure: dict[str, Any],
    page_count: int | None,
    notice: str | None,
) -> bool:
    """Keep what was read of a version; False: the version is gone."""
    done = await sql.execute(
        "UPDATE knowledge_contents SET kind = $3, text = $4, structure = $5, page_count = $6, notice = $7"
        " WHERE document_id = $1 AND version = $2",
        document_id,
        version,
        kind,
        text,
        structure,
        page_count,
        notice,
    )
    return done != "UPDATE 0"


async def set_notice(sql: Sql, document_id: DocumentId, version: int, notice: str) -> None:
    """Keep what whoever looks at the document should know."""
    await sql.execute(
        "UPDATE knowledge_contents SET notice = $3 WHERE document_id = $1 AND version = $2",
        document_id,
        version,
        notice,
    )


async def delete_others(sql: Sql, document_id: DocumentId, keep: Sequence[int]) -> list[str]:
    """Delete all versions but these; return the storage keys of their originals."""
    rows = await sql.fetch(
        "DELETE FROM knowledge_contents WHERE document_id = $1 AND NOT version = ANY($2::int[]) RETURNING storage_key",
        document_id,
        list(keep),
    )
    return [row["storage_key"] for row in rows if row["storage_key"] is not None]


async def list_keys(sql: Sql) -> set[str]:
    """Return the storage keys of all originals of the tenant."""
    rows = await sql.fetch("SELECT storage_key FROM knowledge_contents WHERE storage_key IS NOT NULL")
    return {row["storage_key"] for row in rows}
