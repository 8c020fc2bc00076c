"""An installation of its own with bases to search: real PostgreSQL, the application's roles, row-level security."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.retrieval.sets import Passage
from medea.apps.bootstrap import Installation, open_installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.db.migrate import migrate
from medea.kernel.ids import DocumentId, KnowledgeBaseId, TenantId
from medea.kernel.settings import DatabaseSettings, Settings
from medea.modules.knowledge.chunking import count_tokens
from medea.modules.knowledge.index import documents
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.retrieval.searching import search
from medea.modules.knowledge.values import BaseSettings, ChunkDraft, SearchResult

TUNING = {"shared_buffers": "1GB", "random_page_cost": "1.1", "maintenance_work_mem": "512MB", "max_wal_size": "4GB"}


@dataclass
class Shelf:
    """A base of a tenant of its own.

    Attributes:
        passages: ids of the benchmark by our documents and the offsets in them.
    """

    installation: Installation
    tenant: TenantId = field(default_factory=TenantId.new)
    base_id: KnowledgeBaseId = field(default_factory=KnowledgeBaseId.new)
    passages: dict[tuple[DocumentId, int], str] = field(default_factory=dict)

    @property
    def ctx(self) -> Context:
        """A context to work in."""
        return Context(self.installation.ports, system_principal(self.tenant))

    async def make(self, settings: BaseSettings | None = None) -> "Shelf":
        """Write the base's row."""
        async with self.ctx.transaction() as sql:
            await sql.execute(
                "INSERT INTO knowledge_bases (tenant_id, id, name, settings, created_at, updated_at)"
                " VALUES ($1, $2, 'bench', $3, now(), now())",
                self.tenant,
                self.base_id,
                msgspec.to_builtins(settings or BaseSettings()),
            )
        return self

    async def put(self, passages: Iterable[Passage], *, language: str | None = None) -> None:
        """Index passages as chunks of the documents they are from, each document in a transaction of its own."""
        by_document: dict[str, list[Passage]] = {}
        for passage in passages:
            by_document.setdefault(passage.document, []).append(passage)
        for parts in by_document.values():
            async with self.ctx.transaction() as sql:
                document_id = await self._put(sql, parts[0].title, [part.text for part in parts], language)
            self.passages.update({(document_id, place): part.id for place, part in enumerate(parts)})

    async def put_long(self, texts: Sequence[str], *, language: str, per_document: int = 500) -> None:
        """Index many texts as chunks of few documents."""
        for start in range(0, len(texts), per_document):
            async with self.ctx.transaction(durable=False) as sql:
                await self._put(sql, "", texts[start : start + per_document], language)

    async def add_document(self, sql: Any, title: str) -> DocumentId:
        """Write the row of a document."""
        document_id = DocumentId.new()
        await sql.execute(
            "INSERT INTO knowledge_documents (tenant_id, id, base_id, name, kind, status, created_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5, 'ready', now(), now())",
            self.tenant,
            document_id,
            self.base_id,
            title or "untitled",
            _kind(title),
        )
        return document_id

    async def _put(self, sql: Any, title: str, texts: Sequence[str], language: str | None) -> DocumentId:
        document_id = await self.add_document(sql, title)
        drafts = [
            ChunkDraft(text, (), None, None, place, place + len(text), count_tokens(text))
            for place, text in enumerate(texts)
        ]
        await documents.replace_document(
            sql,
            self.tenant,
            self.base_id,
            documents.NewVersion(document_id, drafts, language, title, is_titled=bool(title)),
        )
        return document_id

    async def embed(self) -> int:
        """Compute all vectors that are missing."""

        async def silent(_done: int, _total: int) -> None:
            return

        return await embed_pending(self.ctx, self.base_id, None, progress=silent)

    async def ask(self, question: str, settings: Mapping[str, Any], top_k: int = 10) -> SearchResult:
        """Search as the API does."""
        return await search(self.ctx, [self.base_id], question, top_k=top_k, settings=settings)


def _kind(title: str) -> str:
    return "text" if title else "txt"  # the name of the latter is a file's, and says nothing of what is in it


@dataclass(frozen=True, slots=True)
class Library:
    """What is open.

    Attributes:
        url: of a superuser, for what the product does not do.
    """

    installation: Installation
    url: str


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="medea-retrieval-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs under an account of its own
    return folder


@asynccontextmanager
async def open_library(**settings: Any) -> AsyncIterator[Library]:
    """Start PostgreSQL and open an installation on it; all gone at the end."""
    folder = _folder()
    server = EmbeddedPostgres(folder, tuning=TUNING)
    address = await asyncio.to_thread(server.start_blocking)
    try:
        await migrate(address.url())
        made = Settings(
            _env_file=None,
            data_dir=folder / "data",
            seed=False,
            database=DatabaseSettings(pool_size=4),
            openrouter_api_key=None,
            **settings,
        )
        installation = await open_installation(made, address.url())
        try:
            yield Library(installation, address.url())
        finally:
            await installation.close()
    finally:
        await asyncio.to_thread(server.stop_blocking)
        shutil.rmtree(folder, ignore_errors=True)
