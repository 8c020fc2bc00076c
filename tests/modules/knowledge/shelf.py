"""A base with documents, written into the index without the pipeline around it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from medea.kernel.db.database import Database
from medea.kernel.ids import DocumentId, KnowledgeBaseId, TenantId
from medea.modules.knowledge.index import documents
from medea.modules.knowledge.values import ChunkDraft


def drafts(texts: Sequence[str], *, headings: tuple[str, ...] = ()) -> list[ChunkDraft]:
    """Return chunks with these texts, one behind the other."""
    made, place = [], 0
    for text in texts:
        made.append(ChunkDraft(text, headings, None, None, place, place + len(text), len(text) // 4 + 1))
        place += len(text)
    return made


@dataclass
class Shelf:
    """A base of its own tenant.

    Attributes:
        database: as the application's role.
        settings: of the base, as stored.
    """

    database: Database
    tenant: TenantId = field(default_factory=TenantId.new)
    base_id: KnowledgeBaseId = field(default_factory=KnowledgeBaseId.new)
    settings: dict[str, Any] = field(default_factory=dict)

    async def make(self) -> "Shelf":
        """Write the base's row."""
        async with self.database.transaction(self.tenant) as sql:
            await sql.execute(
                "INSERT INTO knowledge_bases (tenant_id, id, name, settings, created_at, updated_at)"
                " VALUES ($1, $2, 'shelf', $3, $4, $4)",
                self.tenant,
                self.base_id,
                self.settings,
                datetime.now(UTC),
            )
        return self

    async def put(
        self,
        texts: Sequence[str],
        *,
        document_id: DocumentId | None = None,
        title: str = "",
        language: str | None = "en",
        metadata: dict[str, Any] | None = None,
        headings: tuple[str, ...] = (),
    ) -> tuple[DocumentId, documents.Replaced]:
        """Write a document of these chunks, or other chunks into one that is there."""
        async with self.database.transaction(self.tenant) as sql:
            if document_id is None:
                document_id = DocumentId.new()
                await sql.execute(
                    "INSERT INTO knowledge_documents (tenant_id, id, base_id, name, kind, metadata, status,"
                    " created_at, updated_at) VALUES ($1, $2, $3, $4, 'text', $5, 'ready', now(), now())",
                    self.tenant,
                    document_id,
                    self.base_id,
                    title or "untitled",
                    metadata or {},
                )
            replaced = await documents.replace_document(
                sql,
                self.tenant,
                self.base_id,
                documents.NewVersion(document_id, drafts(texts, headings=headings), language, title, is_titled=True),
            )
        return document_id, replaced

    async def remove(self, document_id: DocumentId) -> None:
        """Take a document out of the index."""
        async with self.database.transaction(self.tenant) as sql:
            await documents.remove_document(sql, self.tenant, self.base_id, document_id)

    async def count(self, table: str) -> int:
        """Return how many rows the tenant has in a table."""
        async with self.database.transaction(self.tenant) as sql:
            return int(await sql.fetchval(f"SELECT count(*) FROM {table}"))
