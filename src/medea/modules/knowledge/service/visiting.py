"""Visiting sources: pages are fetched when they are new or may have changed, and removed when they are gone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from yarl import URL

from medea.kernel.bus.task import RetryLater
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.extraction.kinds import HEAD_BYTES, recognise
from medea.kernel.ids import DocumentId, SourceId, TenantId
from medea.kernel.outbound.client import OutboundClient
from medea.modules.knowledge.crawling.fetching import ROBOTS, Fetched, Fetcher, FetchFailed, Known
from medea.modules.knowledge.crawling.sitemaps import Listed, list_pages
from medea.modules.knowledge.errors import DocumentExists, DocumentNotFound, KnowledgeFull
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.ingestion import queueing, twins
from medea.modules.knowledge.ingestion.reading import limits_of
from medea.modules.knowledge.ingestion.room import check_room
from medea.modules.knowledge.ingestion.steps import fail_in
from medea.modules.knowledge.models import EMBEDDING_FAILED, Document, Failure, Source
from medea.modules.knowledge.repository import bases, contents, documents
from medea.modules.knowledge.repository import sources as repository
from medea.modules.knowledge.repository.documents import NewDocument
from medea.modules.knowledge.repository.twins import lock_with_twins
from medea.modules.knowledge.service.adding import Uploaded, file_fingerprint, store_version
from medea.modules.knowledge.service.documents import delete_in
from medea.modules.knowledge.service.sources import name_of, next_visit

_AT_ONCE = 200  # sources that one tick hands out
_PAUSE = 60.0  # seconds before a server is asked again that did not answer
_SOON = 5.0  # seconds in which an upload is mostly searchable
_LATER = timedelta(minutes=2)  # after which a page is compared again with an upload that takes longer


@asynccontextmanager
async def _fetcher(ctx: Context) -> AsyncIterator[Fetcher]:
    settings, door = ctx.ports.settings.knowledge, ctx.ports.outbound
    client = OutboundClient(
        door.policy, timeout=settings.crawl_timeout, max_bytes=settings.max_file_bytes, resolver=door.resolver
    )
    try:
        yield Fetcher(client, ctx.ports.cache(ROBOTS), ctx.tenant)
    finally:
        await client.close()


async def hand_out_due(ctx: Context) -> int:
    """Let the sources of all tenants be visited whose time has come; return how many."""
    async with ctx.ports.database.system() as sql:
        due = await repository.take_due(sql, ctx.now(), _AT_ONCE)
    for tenant_id, source_id in due:
        async with ctx.in_tenant(TenantId(tenant_id)) as theirs:
            queueing.enqueue_visit(theirs, SourceId(source_id))
    return len(due)


async def visit(ctx: Context, source_id: SourceId) -> None:
    """Visit a source: let its page be fetched, or compare its sitemap with the documents that are there.

    Raises:
        RetryLater: the server did not answer, and may soon.
    """
    async with ctx.transaction() as sql:
        source = await repository.find_source(sql, source_id, for_update=True)
        if source is None:
            return
        await repository.update_source(
            sql, source_id, at=ctx.now(), status="fetching", error_code=None, error_message=None
        )
        if source.kind == "page":
            its_own = await documents.list_of_source(sql, source_id)
            for document in its_own:
                queueing.enqueue_fetching(ctx, document.id)
            if not its_own:  # nobody would tell the source how it went
                await repository.set_orphaned(sql, source_id, at=ctx.now())
            return
    try:
        async with _fetcher(ctx) as fetcher:
            limits = limits_of(ctx.ports.settings.knowledge)
            listed = await list_pages(
                fetcher, source.url, limits=limits, at_most=source.max_pages, left_out=source.left_out
            )
        await _compare(ctx, source.id, listed)
    except FetchFailed as error:
        _retry(ctx, error)
        await fail_source(ctx, source_id, error.failure)
    except KnowledgeFull as error:
        await fail_source(ctx, source_id, Failure(error.code, error.detail))


def _may_wait(ctx: Context) -> bool:
    """Tell whether this is not the last attempt."""
    return ctx.job is not None and ctx.job.attempt < ctx.job.max_attempts


def _retry(ctx: Context, error: FetchFailed) -> None:
    """Ask to be run again where that may help and is not the last attempt."""
    if error.may_pass and ctx.job is not None and _may_wait(ctx):
        raise RetryLater(_PAUSE * ctx.job.attempt, error.failure.code)


async def _compare(ctx: Context, source_id: SourceId, listed: Listed) -> None:
    """Add documents for new pages, fetch what may have changed, delete what the sitemap names no more."""
    async with ctx.transaction() as sql:
        source = await repository.find_source(sql, source_id)
        if source is None or await bases.find_settings(sql, source.base_id, lock=True) is None:
            return
        source = await repository.find_source(sql, source_id, for_update=True)  # after its base, as everywhere
        if source is None:
            return
        # what was deleted while the sitemap was read stays away, too
        unwanted = frozenset(source.left_out)
        pages = {url: changed for url, changed in listed.pages.items() if url not in unwanted}
        known = {document.url or "": document for document in await documents.list_of_source(sql, source.id)}
        gone = [document.id for url, document in known.items() if url not in pages]
        there = await lock_with_twins(sql, gone)
        if pages.keys() - known.keys():
            await bases.lock_tenant(sql, ctx.tenant)  # after documents, before the index
        for document_id in gone:
            if document_id in there:
                await delete_in(ctx, sql, there[document_id])
        for url, document in known.items():
            if url in pages and _may_have_changed(document, pages[url]):
                queueing.enqueue_fetching(ctx, document.id)
        new = [
            NewDocument(DocumentId.new(), name_of(url), "page", None, source.metadata, url=url, source_id=source.id)
            for url in pages
            if url not in known
        ]
        if new:
            await check_room(ctx, sql, documents=len(new))
            for document_id in await documents.insert_documents(
                sql, ctx.tenant, source.base_id, new, at=ctx.now(), by=None
            ):
                queueing.enqueue_fetching(ctx, document_id)
        await repository.update_source(sql, source.id, at=ctx.now(), has_more=listed.has_more)
        await _finish(ctx, sql, source)


def _may_have_changed(document: Document, changed: datetime | None) -> bool:
    return changed is None or document.checked_at is None or changed >= document.checked_at


async def _finish(ctx: Context, sql: Sql, source: Source, failure: Failure | None = None) -> None:
    now = ctx.now()
    await repository.update_source(
        sql,
        source.id,
        at=now,
        status="failed" if failure else "ready",
        error_code=failure.code if failure else None,
        error_message=failure.message if failure else None,
        next_at=next_visit(now, source.refresh_hours),
        **({} if failure else {"fetched_at": now}),
    )


async def fail_source(ctx: Context, source_id: SourceId, failure: Failure) -> None:
    """Say on a source why it could not be visited; its documents stay as they are."""
    async with ctx.transaction() as sql:
        source = await repository.find_source(sql, source_id, for_update=True)
        if source is not None:
            await _finish(ctx, sql, source, failure)


async def fetch_page(ctx: Context, document_id: DocumentId) -> None:
    """Fetch the page of a document; where it has changed, it becomes the next version.

    Raises:
        RetryLater: the server did not answer, and may soon.
    """
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
    if document is None or document.url is None:
        return
    # the server is asked what changed since what searches find, not since what was stored and could not be read
    is_current = document.live_version == document.version
    known = Known(document.etag, document.last_modified) if is_current else None
    try:
        async with _fetcher(ctx) as fetcher:
            fetched = await fetcher.fetch(document.url, known)
        await _take(ctx, document, fetched)
    except FetchFailed as error:
        _retry(ctx, error)
        await (_remove if error.is_gone else fail_page)(ctx, document_id, error.failure)
    except KnowledgeFull as error:
        await fail_page(ctx, document_id, Failure(error.code, error.detail))
    except DocumentNotFound:  # deleted meanwhile
        return


async def _whole(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body that is there whole, as uploads are read."""
    yield body


async def _take(ctx: Context, document: Document, fetched: Fetched | None) -> None:
    changes: dict[str, Any] = {"checked_at": ctx.now()}
    fingerprint = b"" if fetched is None else file_fingerprint(sha256(fetched.body).digest())
    if fetched is not None:
        name = URL(fetched.url).name[:300]
        kind = recognise(fetched.body[:HEAD_BYTES], name)
        is_text = kind.media_type.startswith("text/")  # then the server knows the charset
        media_type = fetched.media_type if is_text and fetched.media_type else kind.media_type
        file = Uploaded(name, "page", media_type, _whole(fetched.body), len(fetched.body))
        try:
            await store_version(ctx, document, file, is_fetched=True)
        except DocumentExists:
            await _settle_twin(ctx, document.id, fingerprint)
            return
    async with ctx.transaction() as sql:
        now = await documents.find_document(sql, document.id, for_update=True)
        if now is None:
            return
        if fetched is not None:
            holder = (await documents.list_same(sql, now.base_id, [fingerprint])).get(fingerprint)
            if holder is not None and holder.id == now.id:  # it may have left that content to an upload since
                changes |= {"etag": fetched.etag, "last_modified": fetched.last_modified}
        if fetched is None and now.status in {"failed", "queued"}:
            changes |= _unchanged(ctx, now)
        await documents.update_document(sql, now.id, at=ctx.now() if "status" in changes else None, **changes)
        await _tell_source(ctx, sql, now, None)


async def _settle_twin(ctx: Context, document_id: DocumentId, fingerprint: bytes) -> None:
    """Say on a page that another document has this very content, if that still is so; otherwise look again.

    Raises:
        RetryLater: searches find the page and not yet the other, so that for a while they would find neither.
    """
    async with ctx.transaction() as sql:
        known = await documents.find_document(sql, document_id)
        if known is None:
            return
        seen = await documents.list_same(sql, known.base_id, [fingerprint])
        there = await lock_with_twins(sql, [document_id, *(document.id for document in seen.values())])
        document = there.get(document_id)
        if document is None:
            return
        first = (await documents.list_same(sql, known.base_id, [fingerprint])).get(fingerprint)
        if first is None or first.id not in there or first.id == document_id:
            queueing.enqueue_fetching(ctx, document_id)
            return
        is_there = first.live_version == first.version  # else searches find there nothing, or what it said before
        if document.is_searchable and not is_there:
            await _stay(ctx, sql, document, first, fingerprint)
            return
        failure = None if is_there else first.error
        if failure is None:
            await twins.become_twin(ctx, sql, document, first.id)
        else:  # what cannot be read there cannot be read here
            await documents.update_document(sql, document_id, same_as=None)
            await fail_in(ctx, sql, document, failure)
        await documents.update_document(sql, document_id, checked_at=ctx.now())
        await _tell_source(ctx, sql, document, failure)


async def _stay(ctx: Context, sql: Sql, document: Document, first: Document, fingerprint: bytes) -> None:
    """Leave a locked page as it is that searches find, and not yet, or never, the other that has this content.

    Raises:
        RetryLater: the other is being read, which seldom takes long.
    """
    if first.error is None:
        if _may_wait(ctx):
            raise RetryLater(_SOON, "the document that says the same is not searchable yet")
        queueing.enqueue_fetching(ctx, document.id, after=_LATER)
    found = None
    if document.live_version is not None:
        found = await contents.find_content(sql, document.id, document.live_version, with_text=False)
    is_same = found is not None and file_fingerprint(found.sha256) == fingerprint
    if first.error is not None and not is_same:  # what it says now cannot be read, here as there
        await fail_in(ctx, sql, document, first.error)
    elif is_same and document.status == "failed" and document.live_version == document.version:
        await documents.update_document(sql, document.id, at=ctx.now(), **_unchanged(ctx, document))
    await documents.update_document(sql, document.id, checked_at=ctx.now())
    await _tell_source(ctx, sql, document, None if is_same else first.error)


def _unchanged(ctx: Context, document: Document) -> dict[str, Any]:
    """What a page that is as it was tells of its document: ready, where searches find that version whole."""
    is_whole = document.error is None or document.error.code != EMBEDDING_FAILED
    if document.live_version == document.version and is_whole:
        return {"status": "ready", "error_code": None, "error_message": None}
    queueing.enqueue_indexing(ctx, document.id, document.version)
    return {"status": "queued", "error_code": None, "error_message": None}


async def _tell_source(ctx: Context, sql: Sql, document: Document, failure: Failure | None) -> None:
    """A source that is one page is what its page is."""
    if document.source_id is None:
        return
    source = await repository.find_source(sql, document.source_id)
    if source is None or source.kind != "page":  # a sitemap is locked before its pages, or not at all
        return
    source = await repository.find_source(sql, document.source_id, for_update=True)
    if source is not None:
        await _finish(ctx, sql, source, failure)


async def fail_page(ctx: Context, document_id: DocumentId, failure: Failure) -> None:
    """Say on a document why its page could not be fetched; what was fetched before stays searchable."""
    async with ctx.transaction() as sql:
        document = (await lock_with_twins(sql, [document_id])).get(document_id)
        if document is None:
            return
        await fail_in(ctx, sql, document, failure)
        await _tell_source(ctx, sql, document, failure)


async def _remove(ctx: Context, document_id: DocumentId, failure: Failure) -> None:
    """Take a page that is gone out of the index; of a single page the document stays and says so."""
    async with ctx.transaction() as sql:
        document = (await lock_with_twins(sql, [document_id])).get(document_id)
        if document is None:
            return
        source = None if document.source_id is None else await repository.find_source(sql, document.source_id)
        if source is not None and source.kind == "sitemap":
            await delete_in(ctx, sql, document)
            return
        number = await index.remove_document(sql, ctx.tenant, document.base_id, document_id)
        queueing.enqueue_following(ctx, number)
        for key in await contents.delete_others(sql, document_id, []):
            queueing.enqueue_removal(ctx, key)
        await documents.update_document(
            sql,
            document_id,
            live_version=None,
            chunk_count=0,
            fingerprint=None,
            etag=None,
            last_modified=None,
            canonical_url=None,
            same_as=None,
        )
        await twins.release_twins(ctx, sql, document_id)
        await fail_in(ctx, sql, document, failure)
        await _tell_source(ctx, sql, document, failure)
