"""Knowledge bases in the database."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId, KnowledgeBaseId, TenantId, UserId
from medea.modules.knowledge.models import KnowledgeBase, Used
from medea.modules.knowledge.values import BaseSettings

_SELECT = """
SELECT b.id, b.name, b.description, b.settings, b.created_at, b.updated_at,
       n.document_count, n.chunk_count, n.storage_bytes,
       i.embedding_model, i.embedding_dimensions, i.next_model, coalesce(i.chunk_count, 0) AS indexed_count,
       (SELECT count(*)::int FROM knowledge_vectors v
        WHERE v.tenant_id = b.tenant_id AND v.base_number = i.number
          AND v.version = coalesce(i.next_version, i.embedding_version)) AS vector_count
FROM knowledge_bases b
LEFT JOIN knowledge_indexes i ON i.tenant_id = b.tenant_id AND i.base_id = b.id
CROSS JOIN LATERAL (
  SELECT count(*)::int AS document_count, coalesce(sum(d.chunk_count), 0)::int AS chunk_count,
         coalesce(sum(c.size_bytes), 0)::bigint AS storage_bytes
  FROM knowledge_documents d
  LEFT JOIN knowledge_contents c
    ON c.tenant_id = d.tenant_id AND c.document_id = d.id AND c.version = d.version
  WHERE d.tenant_id = b.tenant_id AND d.base_id = b.id
) n
"""


async def find_base(sql: Sql, base_id: KnowledgeBaseId) -> KnowledgeBase | None:
    """Return a base with its counts."""
    row = await sql.fetchrow(f"{_SELECT} WHERE b.id = $1", base_id)
    return None if row is None else KnowledgeBase.of(row)


async def find_named(sql: Sql, name: str) -> KnowledgeBaseId | None:
    """Return the oldest base of a name."""
    found = await sql.fetchval("SELECT id FROM knowledge_bases WHERE name = $1 ORDER BY id LIMIT 1", name)
    return None if found is None else KnowledgeBaseId(found)


async def find_settings(
    sql: Sql, base_id: KnowledgeBaseId, *, lock: bool = False, for_update: bool = False
) -> BaseSettings | None:
    """Return a base's settings alone; with `lock` nobody deletes it meanwhile, with `for_update` nobody changes it."""
    locking = " FOR NO KEY UPDATE" if for_update else " FOR KEY SHARE" if lock else ""
    found = await sql.fetchval(f"SELECT settings FROM knowledge_bases WHERE id = $1{locking}", base_id)
    return None if found is None else msgspec.convert(found, BaseSettings)


async def list_bases(sql: Sql, paging: PageRequest) -> Page[KnowledgeBase]:
    """Return bases, newest first."""
    before = paging.id_key(KnowledgeBaseId)
    rows = await sql.fetch(
        f"{_SELECT} WHERE $1::uuid IS NULL OR b.id < $1 ORDER BY b.id DESC LIMIT $2", before, paging.limit + 1
    )
    return paging.page([KnowledgeBase.of(row) for row in rows], lambda base: [str(base.id)])


async def lock_base(sql: Sql, base_id: KnowledgeBaseId) -> bool:
    """Let nobody else put anything into a base; False: there is none."""
    return await sql.fetchval("SELECT TRUE FROM knowledge_bases WHERE id = $1 FOR UPDATE", base_id) is not None


async def insert_base(
    sql: Sql,
    tenant_id: TenantId,
    base_id: KnowledgeBaseId,
    *,
    name: str,
    description: str,
    settings: BaseSettings,
    at: datetime,
    by: UserId | None,
) -> None:
    """Add a base."""
    await sql.execute(
        "INSERT INTO knowledge_bases (tenant_id, id, name, description, settings, created_at, created_by, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $6)",
        tenant_id,
        base_id,
        name,
        description,
        msgspec.to_builtins(settings),
        at,
        by,
    )


async def update_base(sql: Sql, base_id: KnowledgeBaseId, at: datetime, changes: dict[str, Any]) -> None:
    """Change name, description or settings (as JSON)."""
    names = [name for name in ("name", "description", "settings") if name in changes]
    assignments = "".join(f", {name} = ${number}" for number, name in enumerate(names, 3))
    await sql.execute(
        f"UPDATE knowledge_bases SET updated_at = $2{assignments} WHERE id = $1",
        base_id,
        at,
        *(changes[name] for name in names),
    )


async def delete_base(sql: Sql, base_id: KnowledgeBaseId) -> None:
    """Delete a base with its documents, contents and sources."""
    await sql.execute("DELETE FROM knowledge_bases WHERE id = $1", base_id)


async def list_names(sql: Sql, base_ids: list[KnowledgeBaseId]) -> dict[KnowledgeBaseId, str]:
    """Return names by id; unknown ones are left out."""
    rows = await sql.fetch("SELECT id, name FROM knowledge_bases WHERE id = ANY($1::uuid[])", base_ids)
    return {KnowledgeBaseId(row["id"]): row["name"] for row in rows}


async def list_tenants(sql: Sql) -> list[UUID]:
    """Return the tenants that have knowledge bases. Needs the system role."""
    return [row["tenant_id"] for row in await sql.fetch("SELECT DISTINCT tenant_id FROM knowledge_bases")]


async def measure_use(sql: Sql, *, without: DocumentId | None = None) -> Used:
    """Return what the tenant keeps in all its bases; of one document bytes and pages are not counted."""
    row = await sql.fetchrow(
        """
        SELECT (SELECT count(*) FROM knowledge_bases)::int AS bases,
               (SELECT count(*) FROM knowledge_documents)::int AS documents,
               coalesce(sum(size_bytes), 0)::bigint AS bytes, coalesce(sum(page_count), 0)::bigint AS pages
        FROM knowledge_contents WHERE $1::uuid IS NULL OR document_id <> $1
        """,
        without,
    )
    assert row is not None  # noqa: S101 - an aggregate always has a row
    return Used(row["bases"], row["documents"], int(row["bytes"]), int(row["pages"]))


async def count_pages(sql: Sql, *, without: DocumentId) -> int:
    """Return how many pages the tenant keeps in all its bases, those of one document not counted."""
    return int(
        await sql.fetchval(
            "SELECT coalesce(sum(page_count), 0) FROM knowledge_contents WHERE document_id <> $1", without
        )
    )


async def lock_tenant(sql: Sql, tenant_id: TenantId) -> None:
    """Let nobody else of this tenant count against its limits until this transaction ends."""
    await sql.execute("SELECT pg_advisory_xact_lock(hashtextextended('knowledge ' || $1::text, 0))", tenant_id.hex)
