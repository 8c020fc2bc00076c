"""Sources in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import KnowledgeBaseId, SourceId, TenantId, UserId
from medea.modules.knowledge.models import Source, SourceKind

_SELECT = """
SELECT s.id, s.base_id, s.kind, s.url, s.refresh_hours, s.max_pages, s.left_out, s.has_more, s.metadata, s.status,
       s.error_code, s.error_message, s.fetched_at, s.next_at, s.created_at, s.updated_at,
       (SELECT count(*)::int FROM knowledge_documents d WHERE d.tenant_id = s.tenant_id AND d.source_id = s.id)
         AS document_count
FROM knowledge_sources s
"""


async def find_source(sql: Sql, source_id: SourceId, *, for_update: bool = False) -> Source | None:
    """Return a source."""
    row = await sql.fetchrow(f"{_SELECT} WHERE s.id = $1{' FOR UPDATE OF s' if for_update else ''}", source_id)
    return None if row is None else Source.of(row)


async def find_by_url(sql: Sql, base_id: KnowledgeBaseId, url: str) -> Source | None:
    """Return the source of a base with an address."""
    row = await sql.fetchrow(f"{_SELECT} WHERE s.base_id = $1 AND s.url = $2", base_id, url)
    return None if row is None else Source.of(row)


async def lock_sitemaps(sql: Sql, base_id: KnowledgeBaseId) -> None:
    """Let nobody else visit or change the sitemaps of a base: who locks one does so before any document of it."""
    await sql.execute(
        "SELECT FROM knowledge_sources WHERE base_id = $1 AND kind = 'sitemap' ORDER BY id FOR UPDATE", base_id
    )


async def list_sources(sql: Sql, base_id: KnowledgeBaseId, paging: PageRequest) -> Page[Source]:
    """Return a base's sources, newest first."""
    before = paging.id_key(SourceId)
    rows = await sql.fetch(
        f"{_SELECT} WHERE s.base_id = $1 AND ($2::uuid IS NULL OR s.id < $2) ORDER BY s.id DESC LIMIT $3",
        base_id,
        before,
        paging.limit + 1,
    )
    return paging.page([Source.of(row) for row in rows], lambda source: [str(source.id)])


async def insert_source(
    sql: Sql,
    tenant_id: TenantId,
    source_id: SourceId,
    base_id: KnowledgeBaseId,
    *,
    kind: SourceKind,
    url: str,
    refresh_hours: int | None,
    max_pages: int,
    metadata: dict[str, Any],
    at: datetime,
    by: UserId | None,
) -> bool:
    """Add a source; False: the base has one with this address."""
    done = await sql.execute(
        "INSERT INTO knowledge_sources (tenant_id, id, base_id, kind, url, refresh_hours, max_pages, metadata, status,"
        " created_at, created_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $10, $9)"
        " ON CONFLICT DO NOTHING",
        tenant_id,
        source_id,
        base_id,
        kind,
        url,
        refresh_hours,
        max_pages,
        metadata,
        at,
        by,
    )
    return done != "INSERT 0 0"


_COLUMNS = frozenset(
    {
        "refresh_hours", "max_pages", "left_out", "has_more", "metadata", "status", "error_code", "error_message",
        "fetched_at", "next_at",
    }
)  # fmt: skip


async def update_source(sql: Sql, source_id: SourceId, *, at: datetime, **changes: Any) -> bool:
    """Change columns of a source.

    Raises:
        ValueError: there is no such column.
    """
    if unknown := changes.keys() - _COLUMNS:
        raise ValueError(f"no columns of a source: {sorted(unknown)}")
    values = dict(changes) | {"updated_at": at}
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(values, 2))
    done = await sql.execute(f"UPDATE knowledge_sources SET {assignments} WHERE id = $1", source_id, *values.values())
    return done != "UPDATE 0"


async def leave_out(sql: Sql, source_id: SourceId, url: str) -> None:
    """Let a page of a sitemap stay away; locks the sitemap, which is done before its pages are."""
    await sql.execute(
        "UPDATE knowledge_sources SET left_out = array_append(array_remove(left_out, $2), $2)"
        " WHERE id = $1 AND kind = 'sitemap'",
        source_id,
        url,
    )


_PAGE_DELETED = (
    "The document of this page was deleted. Delete the source; to have the page back, add its address again after that."
)


async def set_orphaned(sql: Sql, source_id: SourceId, *, at: datetime) -> None:
    """Say on the source of one page that there is no document any more to fetch for; a sitemap has others."""
    await sql.execute(
        "UPDATE knowledge_sources SET status = 'failed', error_code = 'document_deleted', error_message = $3,"
        " next_at = NULL, updated_at = $2 WHERE id = $1 AND kind = 'page'",
        source_id,
        at,
        _PAGE_DELETED,
    )


async def delete_source(sql: Sql, source_id: SourceId) -> bool:
    """Delete a source; its documents stay and belong to none."""
    return await sql.execute("DELETE FROM knowledge_sources WHERE id = $1", source_id) != "DELETE 0"


async def take_due(sql: Sql, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Return tenant and id of sources that are due, and set their next time, so that nobody takes them again.

    Needs the system role.
    """
    rows = await sql.fetch(
        "UPDATE knowledge_sources s SET next_at = $1 + make_interval(hours => s.refresh_hours)"
        " FROM (SELECT tenant_id, id FROM knowledge_sources WHERE next_at <= $1 ORDER BY next_at LIMIT $2"
        "  FOR UPDATE SKIP LOCKED) due"
        " WHERE s.tenant_id = due.tenant_id AND s.id = due.id RETURNING s.tenant_id, s.id",
        now,
        limit,
    )
    return [(row["tenant_id"], row["id"]) for row in rows]
