"""Use cases of documents that are there."""

from collections.abc import Sequence
from typing import Any

from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.db.sql import Sql
from medea.kernel.ids import DocumentId, KnowledgeBaseId, SourceId
from medea.modules.knowledge.errors import BaseNotFound, DocumentNotFound, NothingToRetry
from medea.modules.knowledge.events import DocumentDeleted
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.ingestion import queueing, twins
from medea.modules.knowledge.models import Document
from medea.modules.knowledge.repository import bases, contents, sources
from medea.modules.knowledge.repository import documents as repository
from medea.modules.knowledge.repository.twins import lock_with_twins


async def list_documents(
    ctx: Context,
    base_id: KnowledgeBaseId,
    paging: PageRequest,
    *,
    status: Sequence[str] | None = None,
    q: str | None = None,
    source_id: SourceId | None = None,
) -> Page[Document]:
    """Return a base's documents, newest first.

    Raises:
        BaseNotFound: there is no such base.
    """
    async with ctx.transaction(durable=False) as sql:
        if await bases.find_settings(sql, base_id) is None:
            raise BaseNotFound()
        return await repository.list_documents(sql, base_id, paging, status=status, q=q, source_id=source_id)


async def get_document(ctx: Context, document_id: DocumentId) -> Document:
    """Return a document.

    Raises:
        DocumentNotFound: there is none.
    """
    async with ctx.transaction(durable=False) as sql:
        return await _get(sql, document_id)


async def _get(sql: Sql, document_id: DocumentId, *, for_update: bool = False) -> Document:
    document = await repository.find_document(sql, document_id, for_update=for_update)
    if document is None:
        raise DocumentNotFound()
    return document


async def update_document(ctx: Context, document_id: DocumentId, changes: dict[str, Any]) -> Document:
    """Change name or metadata; another name is searched with every chunk, so the index follows.

    Raises:
        DocumentNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        document = await _get(sql, document_id, for_update=True)
        kept = {name: value for name, value in changes.items() if value != getattr(document, name)}
        if kept:
            await repository.update_document(sql, document_id, at=ctx.now(), **kept)
        if "name" in kept and document.is_searchable:
            queueing.enqueue_indexing(ctx, document_id, document.version)
        return await _get(sql, document_id)


async def retry_document(ctx: Context, document_id: DocumentId) -> Document:
    """Try a document again that failed, from the step at which it did.

    Raises:
        DocumentNotFound: there is none.
        NothingToRetry: it did not fail, or nothing of it was kept that could be tried again.
    """
    async with ctx.transaction() as sql:
        document = await _get(sql, document_id, for_update=True)
        if document.status != "failed":
            raise NothingToRetry()
        has_content = await contents.has_text(sql, document_id, document.version) is not None
        if not has_content and document.source_id is None:
            raise NothingToRetry("Nothing of this file was kept; upload it again.")
        await repository.update_document(
            sql, document_id, at=ctx.now(), status="queued", step_done=None, error_code=None, error_message=None
        )
        if has_content:
            queueing.enqueue_indexing(ctx, document_id, document.version)
        else:
            queueing.enqueue_fetching(ctx, document_id)
        return await _get(sql, document_id)


async def delete_document(ctx: Context, document_id: DocumentId) -> None:
    """Delete a document with everything that was made of it. A page of a sitemap is not fetched again.

    Raises:
        DocumentNotFound: there is none.
    """
    async with ctx.transaction() as sql:
        found = await _get(sql, document_id)
        if found.source_id is not None and found.url is not None:
            await sources.leave_out(sql, found.source_id, found.url)
        document = (await lock_with_twins(sql, [document_id])).get(document_id)
        if document is None:
            raise DocumentNotFound()
        await delete_in(ctx, sql, document)
        if document.source_id is not None:
            await sources.set_orphaned(sql, document.source_id, at=ctx.now())


async def delete_in(ctx: Context, sql: Sql, document: Document) -> None:
    """Delete a document in a transaction: from the index, from the tables, and its files once it commits.

    The caller has locked it, and all that it deletes, with their twins (`repository.twins.lock_with_twins`).
    """
    queueing.enqueue_following(ctx, await index.remove_document(sql, ctx.tenant, document.base_id, document.id))
    await repository.delete_document(sql, document.id)
    await twins.release_twins(ctx, sql, document.id)
    queueing.enqueue_removal(ctx, queueing.document_prefix(document.base_id, document.id))
    ctx.emit(DocumentDeleted(base_id=document.base_id, document_id=document.id))
