"""A document's way into the index. Every step finds what the one before has left, so a kill costs one step.

Read: the original becomes the canonical text, kept with its structure. Index: the text is cut, and chunks and
words replace the earlier version's in one transaction, with which the document is searchable. Embed: the vectors
that are missing are made, batch by batch.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from medea.kernel.bus.task import RetryLater
from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.embeddings.port import EmbeddingModelMissing
from medea.kernel.extraction.errors import ExtractionFailed
from medea.kernel.extraction.readers.markdown import read_markdown
from medea.kernel.extraction.sandbox import ChildKilled, extract
from medea.kernel.extraction.structure import Extraction, from_stored
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.kernel.storage.base import FileMissing
from medea.kernel.telemetry import metrics
from medea.modules.knowledge.chunking import chunk_text
from medea.modules.knowledge.errors import KnowledgeFull
from medea.modules.knowledge.events import DocumentFailed, DocumentReady
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.index.graphs import is_big
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.ingestion import queueing, twins
from medea.modules.knowledge.ingestion.reading import limits_of
from medea.modules.knowledge.ingestion.room import check_pages
from medea.modules.knowledge.models import EMBEDDING_FAILED, Content, Document, Failure
from medea.modules.knowledge.repository import bases, contents, documents
from medea.modules.knowledge.repository.twins import lock_with_twins
from medea.modules.knowledge.values import BaseSettings, ChunkDraft

_EVERY = 0.7  # seconds between two words on how far it is
SAMPLE = 20_000
"""Characters by which a text's language is told."""
_SHORT = 20_000  # characters: half a millisecond of work
_PAUSE = 20.0  # seconds after which there may be memory again

NO_TEXT = Failure("no_text", "There is no text in this document.")
MODEL_MISSING = "Searched by words alone: the embedding model of this knowledge base is not there."

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
        try:
            if not await _keep(ctx, document, extraction):
                return
        except KnowledgeFull as full:
            await fail(ctx, document_id, version, Failure(full.code, full.detail))
            return
    else:
        extraction = await _known(content)
    with metrics.KNOWLEDGE_STAGE_SECONDS.labels("indexing").time():
        await _index(ctx, document, version, extraction, settings)


async def _find(ctx: Context, document_id: DocumentId, version: int) -> tuple[Document, Content, BaseSettings] | None:
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
        content = await contents.find_content(sql, document_id, version, with_text=True)
        settings = None if document is None else await bases.find_settings(sql, document.base_id)
    if document is None or content is None or settings is None or document.version != version:
        return None
    return document, content, settings


async def _read(ctx: Context, document: Document, content: Content) -> Extraction:
    """Read the original, telling how far it is.

    Raises:
        ExtractionFailed: it cannot be read.
        RetryLater: its reader was killed from outside, as by a kernel without memory.
    """
    assert content.storage_key is not None  # noqa: S101 - without an original its text would be known
    progress = Reporter(ctx, document.id, content.version, "extracting")
    await progress.say(0, 0)
    try:
        async with ctx.ports.storage.as_file(ctx.tenant, content.storage_key) as path:
            with metrics.KNOWLEDGE_STAGE_SECONDS.labels("extracting").time():
                extraction = await extract(
                    path,
                    name=content.filename or "",
                    media_type=content.media_type,
                    limits=limits_of(ctx.ports.settings.knowledge),
                    on_progress=progress,
                )
    except FileMissing:
        raise ExtractionFailed("original_missing", "The stored file is gone; upload it again.") from None
    except ChildKilled:
        if ctx.job is not None and ctx.job.attempt < ctx.job.max_attempts:
            raise RetryLater(_PAUSE * ctx.job.attempt, "the reader was killed") from None
        raise
    metrics.KNOWLEDGE_PAGES.inc(extraction.page_count or 0)
    return extraction


async def _known(content: Content) -> Extraction:
    text = content.text or ""
    if content.structure is not None:
        structure = from_stored(content.structure)
        return Extraction(content.kind, text, structure, page_count=content.page_count)
    found = await _aside(len(text), read_markdown, text)
    return found._replace(kind=content.kind)


async def _aside(size: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do work on a text in a thread, unless the text is so short that changing threads would take longer."""
    if size <= _SHORT:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


def _cut(extraction: Extraction, target: int) -> list[ChunkDraft]:
    return chunk_text(extraction.text, extraction.structure, target=target)


async def _keep(ctx: Context, document: Document, extraction: Extraction) -> bool:
    """Keep the text that was read; False: the version is gone meanwhile, or the page is the same as another.

    Raises:
        KnowledgeFull: it has more pages than the tenant may keep. The original stays, to be tried again.
    """
    async with ctx.transaction() as sql:
        is_page = document.kind == "page"
        if extraction.page_count or is_page:  # documents are locked before the tenant, as everywhere
            now = (
                await twins.lock_for_claim(sql, document, extraction.canonical)
                if is_page
                else await documents.find_document(sql, document.id, for_update=True)
            )
            if now is None or now.version != document.version:
                return False
        if extraction.page_count:
            await check_pages(ctx, sql, document.id, extraction.page_count)
        if is_page and extraction.text.strip():  # what says nothing speaks for no address
            twin = await twins.claim_address(ctx, sql, document, extraction.canonical)
            if twin is not None:
                await twins.become_twin(ctx, sql, document, twin)
                await complete(ctx, sql)
                return False
        is_kept = await contents.set_text(
            sql,
            document.id,
            document.version,
            kind=extraction.kind,
            text=extraction.text,
            structure=extraction.structure.as_stored(),
            page_count=extraction.page_count,
            notice=extraction.notice,
        )
        if is_kept:
            changes: dict[str, Any] = {"status": "chunking", "step_done": None, "step_total": None}
            if document.kind != "page":
                changes["kind"] = extraction.kind
            elif extraction.title:
                changes["name"] = extraction.title
            await documents.update_document(sql, document.id, at=ctx.now(), **changes)
    return is_kept


async def _index(ctx: Context, found: Document, version: int, extraction: Extraction, settings: BaseSettings) -> None:
    """Cut the text and replace what the index has of the document, in one transaction with the job's end."""
    document_id, base_id = found.id, found.base_id
    language = detect_language(extraction.text[:SAMPLE])
    chunks = await _aside(len(extraction.text), _cut, extraction, settings.chunk_tokens)
    if not chunks:
        await fail(ctx, document_id, version, NO_TEXT)
        return
    async with ctx.transaction() as sql:
        if await bases.find_settings(sql, base_id, lock=True) is None:  # before the document, as everywhere
            return
        document = await documents.find_document(sql, document_id, for_update=True)
        if document is None or document.version != version:
            return
        replaced = await index.replace_document(
            sql,
            ctx.tenant,
            document.base_id,
            index.NewVersion(document_id, chunks, language, document.name, document.is_titled),
        )
        metrics.KNOWLEDGE_CHUNKS.labels("indexed").inc(replaced.added)
        if await has_other_length(sql, base_id, settings.chunk_tokens):
            queueing.enqueue_indexing(ctx, document_id, version)
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
        if replaced.removed:
            queueing.enqueue_following(ctx, replaced.number)
        for key in await contents.delete_others(sql, document_id, [version]):
            queueing.enqueue_removal(ctx, key)
        if is_done:
            tell_ready(ctx, document)
        await complete(ctx, sql)


async def has_other_length(sql: Sql, base_id: KnowledgeBaseId, target: int) -> bool:
    """Tell whether chunks were given another length since some were cut that are in the index from now on.

    Whoever gave it found nothing of them there, so they are to be cut anew. To be asked under the index's lock, which
    `service.bases` takes, too: either it sees these documents, or they see its length.
    """
    now = await bases.find_settings(sql, base_id)
    return now is not None and now.chunk_tokens != target


async def embed(ctx: Context, document_id: DocumentId, version: int) -> None:
    """Make the vectors that a document lacks; those that are there stay.

    A document that was given up before is tried once: if that fails too it stays failed, the job has done its work,
    and `service.sweeping` finds the document again an hour later.

    Raises:
        AppError: the model could not be reached; trying again may help.
    """
    async with ctx.transaction(durable=False) as sql:
        document = await documents.find_document(sql, document_id)
    if document is None or document.live_version != version:
        return
    notice = None
    given_up = _is_given_up(document)
    try:
        reporter = Reporter(ctx, document_id, version, "embedding")
        with metrics.KNOWLEDGE_STAGE_SECONDS.labels("embedding").time():
            made = await embed_pending(ctx, document.base_id, [document_id], progress=reporter)
        metrics.KNOWLEDGE_CHUNKS.labels("embedded").inc(made)
    except EmbeddingModelMissing:
        notice = MODEL_MISSING
    except Exception as error:
        if not given_up:
            raise
        await _stay_failed(ctx, document_id, version, error)
        return
    async with ctx.transaction() as sql:
        document = await documents.find_document(sql, document_id, for_update=True)
        if document is None or document.live_version != version:
            return
        # another name may have been indexed since the last vector was written, and waits for its own
        if notice is None and await index.count_pending(sql, ctx.tenant, document.base_id, [document_id]):
            queueing.enqueue_embedding(ctx, document_id, version)
        elif document.status == "embedding" or _is_given_up(document):
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
            tell_ready(ctx, document)
        if notice is not None and document.notice is None:
            await contents.set_notice(sql, document_id, version, notice)
        if await is_big(sql, ctx.tenant, document.base_id):
            queueing.enqueue_tending(ctx, document.base_id)
        await complete(ctx, sql)


def _is_given_up(document: Document) -> bool:
    """Tell whether making its vectors was given up before, and nothing has come of it since."""
    return document.error is not None and document.error.code == EMBEDDING_FAILED


async def _stay_failed(ctx: Context, document_id: DocumentId, version: int, error: Exception) -> None:
    """Note that a document that was given up was tried again in vain; that it failed has been told before."""
    ctx.log.warning(
        "knowledge.embedding_failed_again", document=str(document_id), version=version, error=type(error).__name__
    )
    async with ctx.transaction() as sql:
        document = await documents.find_document(sql, document_id, for_update=True)
        if document is not None and document.version == version and document.error is not None:
            await documents.set_failed(sql, document_id, document.error, at=ctx.now())
        await complete(ctx, sql)


async def complete(ctx: Context, sql: Sql) -> None:
    """End the job in the transaction of its effect."""
    if ctx.job is not None:
        await ctx.job.complete(sql)


async def fail(ctx: Context, document_id: DocumentId, version: int, failure: Failure) -> None:
    """Say on a document why a version of it could not be taken in; an earlier version stays searchable."""
    async with ctx.transaction() as sql:
        document = (await lock_with_twins(sql, [document_id])).get(document_id)
        if document is None or document.version != version:
            return
        await fail_in(ctx, sql, document, failure)
        if ctx.job is not None and not ctx.job.is_given_up:
            await complete(ctx, sql)


async def fail_in(ctx: Context, sql: Sql, document: Document, failure: Failure) -> None:
    """Say in a transaction on a locked document why its present version could not be taken in.

    Announced once: a page that is asked for every hour and is not there is no news every hour.
    """
    await documents.set_failed(sql, document.id, failure, at=ctx.now())
    await twins.give_up_claim(ctx, sql, document)
    if document.error is not None and document.error.code == failure.code:
        return
    metrics.KNOWLEDGE_DOCUMENTS.labels("failed", failure.code).inc()
    failed = DocumentFailed(
        base_id=document.base_id, document_id=document.id, version=document.version, code=failure.code
    )
    ctx.emit(failed)


def tell_ready(ctx: Context, document: Document) -> None:
    """Announce that the present version of a document is ready."""
    metrics.KNOWLEDGE_DOCUMENTS.labels("ready", "").inc()
    ctx.emit(DocumentReady(base_id=document.base_id, document_id=document.id, version=document.version))


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
            await documents.set_progress(
                sql, self._document_id, self._version, self._status, done, total, at=self._ctx.now()
            )
