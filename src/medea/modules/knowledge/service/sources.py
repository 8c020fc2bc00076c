"""Use cases of sources: web pages and sitemaps that documents are fetched from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yarl import URL

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId, KnowledgeBaseId, SourceId
from medea.kernel.outbound.errors import OutboundRefused
from medea.modules.knowledge.crawling.sitemaps import page_address
from medea.modules.knowledge.errors import BaseNotFound, SourceExists, SourceNotFound
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.ingestion.room import check_room
from medea.modules.knowledge.models import Document, Source, SourceKind
from medea.modules.knowledge.repository import bases, documents
from medea.modules.knowledge.repository import sources as repository
from medea.modules.knowledge.repository.documents import NewDocument
from medea.modules.knowledge.repository.twins import lock_with_twins
from medea.modules.knowledge.service.adding import check_base
from medea.modules.knowledge.service.documents import delete_in

_WHICH = ("max_pages", "left_out")
_QUEUED: dict[str, Any] = {"status": "queued", "error_code": None, "error_message": None}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source that somebody wants.

    Attributes:
        refresh_hours: pause between two visits; None: only when somebody asks.
    """

    kind: SourceKind
    url: str
    refresh_hours: int | None = None
    max_pages: int = 200
    metadata: dict[str, Any] | None = None


async def create_source(ctx: Context, base_id: KnowledgeBaseId, wanted: Wanted) -> tuple[Source, Document | None]:
    """Make a source and let it be visited; of a single page its document is there at once.

    Raises:
        BaseNotFound: there is no such base.
        OutboundRefused: the address is one that is never called.
        SourceExists: the base has this source already.
        KnowledgeFull: the tenant's limit of documents is reached.
    """
    await check_base(ctx, base_id)
    url = _canonical(ctx, wanted)
    source_id, now = SourceId.new(), ctx.now()
    async with ctx.transaction() as sql:
        if await bases.find_settings(sql, base_id, lock=True) is None:
            raise BaseNotFound()
        await check_room(ctx, sql, documents=1)
        is_added = await repository.insert_source(
            sql,
            ctx.tenant,
            source_id,
            base_id,
            kind=wanted.kind,
            url=url,
            refresh_hours=wanted.refresh_hours,
            max_pages=wanted.max_pages,
            metadata=wanted.metadata or {},
            at=now,
            by=ctx.principal.user_id,
        )
        if not is_added:
            known = await repository.find_by_url(sql, base_id, url)
            raise SourceExists(source_id=None if known is None else str(known.id))
        document = None
        if wanted.kind == "page":
            document = await _add_page(ctx, sql, base_id, source_id, url, wanted.metadata or {})
        queueing.enqueue_visit(ctx, source_id)
        return await _get(sql, source_id), document


def _canonical(ctx: Context, wanted: Wanted) -> str:
    try:
        url = ctx.ports.outbound.policy.check_url(wanted.url.strip()).url
    except OutboundRefused as error:
        raise error.at_field("url" if wanted.kind == "page" else "sitemap") from None
    return str(url.with_fragment(None))


async def _add_page(
    ctx: Context, sql: Sql, base_id: KnowledgeBaseId, source_id: SourceId, url: str, metadata: dict[str, Any]
) -> Document:
    page = NewDocument(DocumentId.new(), name_of(url), "page", None, metadata, url=url, source_id=source_id)
    await documents.insert_documents(sql, ctx.tenant, base_id, [page], at=ctx.now(), by=ctx.principal.user_id)
    document = await documents.find_document(sql, page.id)
    assert document is not None  # noqa: S101 - inserted above
    return document


def name_of(url: str) -> str:
    """Return what a page is called until its title is known."""
    parsed = URL(url)
    return f"{parsed.host or ''}{parsed.path if parsed.path != '/' else ''}"[:200] or url[:200]


async def list_sources(ctx: Context, base_id: KnowledgeBaseId, paging: PageRequest) -> Page[Source]:
    """Return a base's sources, newest first.

    Raises:
        BaseNotFound: there is no such base.
    """
    async with ctx.transaction(durable=False) as sql:
        if await bases.find_settings(sql, base_id) is None:
            raise BaseNotFound()
        return await repository.list_sources(sql, base_id, paging)


async def get_source(ctx: Context, source_id: SourceId) -> Source:
    """Return a source.

    Raises:
        SourceNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        return await _get(sql, source_id)


async def _get(sql: Sql, source_id: SourceId, *, for_update: bool = False) -> Source:
    source = await repository.find_source(sql, source_id, for_update=for_update)
    if source is None:
        raise SourceNotFound()
    return source


async def update_source(ctx: Context, source_id: SourceId, changes: dict[str, Any]) -> Source:
    """Change schedule, metadata or which pages of a source are fetched; the latter lets a sitemap be visited now.

    Raises:
        SourceNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        source = await _get(sql, source_id, for_update=True)
        if "refresh_hours" in changes:
            changes["next_at"] = next_visit(source.fetched_at or ctx.now(), changes["refresh_hours"])
        if "left_out" in changes:
            changes["left_out"] = list(dict.fromkeys(map(page_address, changes["left_out"])))
        is_other = any(name in changes and changes[name] != getattr(source, name) for name in _WHICH)
        if is_other and source.kind == "sitemap":
            changes |= _QUEUED
            queueing.enqueue_visit(ctx, source_id)
        await repository.update_source(sql, source_id, at=ctx.now(), **changes)
        return await _get(sql, source_id)


def next_visit(last: datetime, refresh_hours: int | None) -> datetime | None:
    """Return when a source is due again."""
    return None if refresh_hours is None else last + timedelta(hours=refresh_hours)


async def refresh_source(ctx: Context, source_id: SourceId) -> Source:
    """Let a source be visited now.

    Raises:
        SourceNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        await _get(sql, source_id, for_update=True)
        await repository.update_source(sql, source_id, at=ctx.now(), **_QUEUED)
        queueing.enqueue_visit(ctx, source_id)
        return await _get(sql, source_id)


async def delete_source(ctx: Context, source_id: SourceId) -> None:
    """Delete a source with the documents that were fetched from it.

    Raises:
        SourceNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        source = await _get(sql, source_id)
        if source.kind == "sitemap":  # is locked before its pages; that of one page after it
            await _get(sql, source_id, for_update=True)
        its_own = [document.id for document in await documents.list_of_source(sql, source_id)]
        there = await lock_with_twins(sql, its_own)
        for document_id in its_own:
            if document_id in there:
                await delete_in(ctx, sql, there[document_id])
        await repository.delete_source(sql, source_id)
