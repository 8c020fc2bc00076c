"""A document's way into the index. Every step finds what the one before has left, so a kill costs one step.

Read: the original becomes the canonical text, kept with its structure. Index: the text is cut, and chunks and
words replace the earlier version's in one transaction, with which the document is searchable. Embed: the vectors
that are missing are made, batch by batch.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import msgspec

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.embeddings.port import EmbeddingModelMissing
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.readers.markdown import read_markdown
from medea.kernel.extraction.sandbox import extract
from medea.kernel.extraction.structure import Extraction, Structure
from medea.kernel.ids import DocumentId
from medea.kernel.storage.base import FileMissing
from medea.modules.knowledge.chunking import chunk_text
from medea.modules.knowledge.events import DocumentFailed, DocumentReady
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.index.graphs import is_big
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.ingestion.reading import limits_of
from medea.modules.knowledge.models import EMBEDDING_FAILED, Content, Document, Failure
from medea.modules.knowledge.repository import bases, contents, documents
from medea.modules.knowledge.values import BaseSettings, ChunkDraft

_EVERY = 0.7  # seconds between two words on how far it is
_SAMPLE = 20_000
_SHORT = 20_000  # characters: half a millisecond of work

P = ParamSpec("P")
R = TypeVar("R")


async def ingest(ctx: Context, document_id: DocumentId, version: int) -> None:
    """Bring a version of a document into the index, from wherever an earlier attempt stopped."""
    found = await _find(ctx, document_id, version)
    if found is None:  # deleted, or replaced by a newer version
        return
    document, content, settings = found
    if content.text is None:
        try:
            extraction = await _read(ctx, document, content)
        except ExtractionFailed as failure:
            await fail(ctx, document_id, version, Failure(failure.code, failure.message))
            return
        if not await _keep(ctx, document, extraction):
            return
    else:
        extraction = await _known(content)
    await _index(ctx, document_id, version, extraction, settings)


async def _find(ctx: Context, document_id: DocumentId, version: int) -> tuple[Document, Content, BaseSettings] | None:
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
        content = await contents.find_content(sql, document_id, version, with_text=True)
        settings = None if document is None else await bases.find_settings(sql, document.base_id)
    if document is None or content is None or settings is None or document.version != version:
        return None
    return document, content, settings


async def _read(ctx: Context, document: Document, content: Content) -> Extraction:
    """Read the original, telling how far it is."""
    assert content.storage_key is not None  # noqa: S101 - without an original its text would be known
    progress = Reporter(ctx, document.id, content.version, "extracting")
    await progress.say(0, 0)
    try:
        async with ctx.ports.storage.as_file(ctx.tenant, content.storage_key) as path:
            return await extract(
                path,
                name=content.filename or "",
                media_type=content.media_type,
                limits=limits_of(ctx.ports.settings.knowledge),
                on_progress=progress,
            )
    except FileMissing:
        raise ExtractionFailed("original_missing", "The stored file is gone; upload it again.") from None


async def _known(content: Content) -> Extraction:
    text = content.text or ""
    if content.structure is not None:
        structure = msgspec.convert(content.structure, Structure)
        return Extraction(content.kind, text, structure, page_count=content.page_count)
    found = await _aside(len(text), read_markdown, text)
    return msgspec.structs.replace(found, kind=content.kind)


async def _aside(size: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do work on a text in a thread, unless the text is so short that changing threads would take longer."""
    if size <= _SHORT:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


def _cut(extraction: Extraction, target: int) -> list[ChunkDraft]:
    return chunk_text(extraction.text, extraction.structure, target=target)


async def _keep(ctx: Context, document: Document, extraction: Extraction) -> bool:
    """Keep the text that was read; False: the version is gone meanwhile."""
    async with ctx.transaction() as sql:
        is_kept = await contents.set_text(
            sql,
            document.id,
            document.version,
            kind=extraction.kind,
            text=extraction.text,
            structure=msgspec.to_builtins(extraction.structure),
            page_count=extraction.page_count,
            notice=extraction.notice,
        )
        if is_kept:
            changes: dict[str, Any] = {"status": "chunking", "step_done": None, "step_total": None}
            if document.kind != "page":
                changes["kind"] = extraction.kind
            elif extraction.title:
                changes["name"] = extraction.title
            await documents.update_document(sql, document.id, **changes)
    return is_kept


async def _index(
    ctx: Context, document_id: DocumentId, version: int, extraction: Extraction, settings: BaseSettings
) -> None:
    """Cut the text and replace what the index has of the document, in one transaction with the job's end."""
    language = detect_language(extraction.text[:_SAMPLE])
    chunks = await _aside(len(extraction.text), _cut, extraction, settings.chunk_tokens)
    if not chunks:
        await fail(ctx, document_id, version, Failure("no_text", "There is no text in this document."))
        return
    async with ctx.transaction() as sql:
        document = await documents.find_document(sql, document_id, for_update=True)
        if document is None or document.version != version:
            return
        replaced = await index.replace_document(
            sql,
            ctx.tenant,
            document.base_id,
            document_id,
            chunks,
            language=language,
            title=document.name,
            metadata=document.metadata,
        )
        is_done = replaced.pending == 0
        await documents.update_document(
            sql,
            document_id,
            at=ctx.now(),
            status="ready" if is_done else "embedding",
            live_version=version,
            chunk_count=len(chunks),
            language=language,
            step_done=None if is_done else 0,
            step_total=None if is_done else replaced.pending,
            error_code=None,
            error_message=None,
            indexed_at=ctx.now(),
        )
        if not is_done:
            queueing.enqueue_embedding(ctx, document_id, version)
        for key in await contents.delete_others(sql, document_id, [version]):
            queueing.enqueue_removal(ctx, key)
        if is_done:
            ctx.emit(DocumentReady(base_id=document.base_id, document_id=document_id, version=version))
        await _complete(ctx, sql)


async def embed(ctx: Context, document_id: DocumentId, version: int) -> None:
    """Make the vectors that a document lacks; those that are there stay.

    Raises:
        AppError: the model could not be reached; trying again may help.
    """
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
    if document is None or document.live_version != version:
        return
    notice = None
    try:
        await embed_pending(
            ctx, document.base_id, document_id, progress=Reporter(ctx, document_id, version, "embedding")
        )
    except EmbeddingModelMissing:
        notice = "Searched by words alone: the embedding model of this knowledge base is not there."
    async with ctx.transaction() as sql:
        document = await documents.find_document(sql, document_id, for_update=True)
        if document is None or document.live_version != version:
            return
        given_up = document.error is not None and document.error.code == EMBEDDING_FAILED
        if document.status == "embedding" or given_up:  # an operator can let a job run again that was given up
            await documents.update_document(
                sql,
                document_id,
                at=ctx.now(),
                status="ready",
                step_done=None,
                step_total=None,
                error_code=None,
                error_message=None,
            )
            ctx.emit(DocumentReady(base_id=document.base_id, document_id=document_id, version=version))
        if notice is not None and document.notice is None:
            await contents.set_notice(sql, document_id, version, notice)
        if await is_big(sql, ctx.tenant, document.base_id):
            queueing.enqueue_tending(ctx, document.base_id)
        await _complete(ctx, sql)


async def _complete(ctx: Context, sql: Sql) -> None:
    """End the job in the transaction of its effect."""
    if ctx.job is not None:
        await ctx.job.complete(sql)


async def fail(ctx: Context, document_id: DocumentId, version: int, failure: Failure) -> None:
    """Say on a document why a version of it could not be taken in; an earlier version stays searchable."""
    async with ctx.transaction() as sql:
        document = await documents.find_document(sql, document_id, for_update=True)
        if document is None or document.version != version:
            return
        await documents.set_failed(sql, document_id, failure, at=ctx.now())
        ctx.emit(DocumentFailed(base_id=document.base_id, document_id=document_id, version=version, code=failure.code))
        if ctx.job is not None and not ctx.job.is_given_up:
            await _complete(ctx, sql)


class Reporter:
    """Writes down how far a step is, not more often than people look."""

    def __init__(self, ctx: Context, document_id: DocumentId, version: int, status: str) -> None:
        self._ctx = ctx
        self._document_id = document_id
        self._version = version
        self._status = status
        self._last = 0.0

    async def __call__(self, done: int, total: int) -> None:
        """Tell how far it is."""
        if time.monotonic() - self._last >= _EVERY:
            await self.say(done, total)

    async def say(self, done: int, total: int) -> None:
        """Tell it in any case."""
        self._last = time.monotonic()
        async with self._ctx.transaction(durable=False) as sql:
            await documents.set_progress(sql, self._document_id, self._version, self._status, done, total)
