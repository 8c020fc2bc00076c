"""Short texts that came together: one job cuts and indexes many in one transaction, one embeds them.

Each is as well off as alone: a text that cannot be cut fails by itself, or goes on in a job of its own, and so does
each of a batch whose transaction fails again and again.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medea.kernel.context import Context
from medea.kernel.db.sql import Sql
from medea.kernel.embeddings.port import EmbeddingModelMissing
from medea.kernel.extraction.readers.markdown import read_markdown
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.kernel.telemetry import metrics
from medea.modules.knowledge.chunking import chunk_text
from medea.modules.knowledge.index import documents as index
from medea.modules.knowledge.index.graphs import is_big
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.ingestion import queueing
from medea.modules.knowledge.ingestion.steps import (
    MODEL_MISSING,
    NO_TEXT,
    SAMPLE,
    complete,
    fail_in,
    has_other_length,
    tell_ready,
)
from medea.modules.knowledge.models import EMBEDDING_FAILED, Document, Failure
from medea.modules.knowledge.repository import bases, contents, documents
from medea.modules.knowledge.repository.documents import Indexed
from medea.modules.knowledge.values import ChunkDraft

MOST = 100
"""Texts of one job: with their vectors some seconds of work, after which other tenants have their turn."""
SHORT = 20_000
"""Characters up to which a text goes with others."""
_MOST_CHARS = 400_000
_VERSION = 1  # what was replaced since goes its own way


def together(texts: Sequence[tuple[DocumentId, int]]) -> Iterator[list[DocumentId]]:
    """Divide texts, given with their lengths in characters, into what one job takes."""
    batch: list[DocumentId] = []
    chars = 0
    for document_id, length in texts:
        if batch and (length > SHORT or len(batch) >= MOST or chars + length > _MOST_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(document_id)
        chars += length
        if length > SHORT:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text in chunks; `chunks` is None where cutting it broke."""

    document_id: DocumentId
    chunks: list[ChunkDraft] | None
    language: str | None


async def ingest_texts(ctx: Context, base_id: KnowledgeBaseId, document_ids: Sequence[DocumentId]) -> None:
    """Bring new texts into the index, all in one transaction with the job's end."""
    async with ctx.transaction(durable=False) as sql:
        settings = await bases.find_settings(sql, base_id)
        texts = await contents.list_texts(sql, document_ids, _VERSION)
    if settings is None:
        return
    with metrics.KNOWLEDGE_STAGE_SECONDS.labels("indexing").time():
        cuts = await asyncio.to_thread(_cut_all, ctx, texts, settings.chunk_tokens)
        async with ctx.transaction() as sql:
            if await bases.find_settings(sql, base_id, lock=True) is None:  # before the documents, as everywhere
                return
            there = await documents.lock_documents(sql, [cut.document_id for cut in cuts])
            waiting = {id_: found for id_, found in there.items() if _waits(found)}
            await _index(ctx, sql, base_id, waiting, [cut for cut in cuts if cut.document_id in waiting])
            if await has_other_length(sql, base_id, settings.chunk_tokens):
                for document_id in waiting:
                    queueing.enqueue_indexing(ctx, document_id, _VERSION)
            await complete(ctx, sql)


def _waits(document: Document) -> bool:
    return document.version == _VERSION and document.live_version is None and document.status != "failed"


def _cut_all(ctx: Context, texts: Sequence[tuple[DocumentId, str]], target: int) -> list[_Cut]:
    return [_cut(ctx, document_id, text, target) for document_id, text in texts]


def _cut(ctx: Context, document_id: DocumentId, text: str, target: int) -> _Cut:
    try:
        read = read_markdown(text)
        return _Cut(document_id, chunk_text(read.text, read.structure, target=target), detect_language(text[:SAMPLE]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the others have no part in it
        ctx.log.warning("knowledge.cut_apart", document=str(document_id), error=type(error).__name__)
        return _Cut(document_id, None, None)


async def _index(
    ctx: Context, sql: Sql, base_id: KnowledgeBaseId, there: dict[DocumentId, Document], cuts: Sequence[_Cut]
) -> None:
    """Write what is new, and say on each document how it went."""
    versions = []
    for cut in cuts:
        document = there[cut.document_id]
        if cut.chunks is None:
            queueing.enqueue_indexing(ctx, cut.document_id, _VERSION)
        elif not cut.chunks:
            await fail_in(ctx, sql, document, NO_TEXT)
        else:
            versions.append(
                index.NewVersion(cut.document_id, cut.chunks, cut.language, document.name, document.is_titled)
            )
    if not versions:
        return
    replaced = await index.replace_documents(sql, ctx.tenant, base_id, versions)
    for number in {one.number for one in replaced.values() if one.removed}:
        queueing.enqueue_following(ctx, number)
    indexed = [
        Indexed(version.document_id, len(version.chunks), version.language, replaced[version.document_id].pending)
        for version in versions
    ]
    await documents.set_indexed(sql, indexed, at=ctx.now())
    metrics.KNOWLEDGE_CHUNKS.labels("indexed").inc(sum(one.added for one in replaced.values()))
    for one in indexed:
        if not one.pending:
            tell_ready(ctx, there[one.document_id])
    if left := [one.document_id for one in indexed if one.pending]:
        queueing.enqueue_embedding_texts(ctx, base_id, left)


async def take_apart(ctx: Context, document_ids: Sequence[DocumentId]) -> None:
    """Let texts that failed together each be tried alone: most of them have no part in it."""
    async with ctx.transaction() as sql:
        there = await documents.lock_documents(sql, document_ids)
        for document in there.values():
            if _waits(document):
                queueing.enqueue_indexing(ctx, document.id, _VERSION)


async def embed_texts(ctx: Context, base_id: KnowledgeBaseId, document_ids: Sequence[DocumentId]) -> None:
    """Make the vectors that texts lack; those that are there stay.

    Raises:
        AppError: the model could not be reached; trying again may help.
    """
    notice = None
    try:
        with metrics.KNOWLEDGE_STAGE_SECONDS.labels("embedding").time():
            made = await embed_pending(ctx, base_id, document_ids, progress=_silent)
        metrics.KNOWLEDGE_CHUNKS.labels("embedded").inc(made)
    except EmbeddingModelMissing:
        notice = MODEL_MISSING
    async with ctx.transaction() as sql:
        there = await documents.lock_documents(sql, document_ids)
        pending = {} if notice else await index.count_pending(sql, ctx.tenant, base_id, document_ids)
        for document_id in pending:  # another name was indexed since the last vector was written
            if there[document_id].live_version == _VERSION:
                queueing.enqueue_embedding(ctx, document_id, _VERSION)
        embedded = [document_id for document_id in document_ids if document_id not in pending]
        for document_id in await documents.set_embedded(sql, embedded, _VERSION, at=ctx.now()):
            tell_ready(ctx, there[document_id])
            if notice is not None:
                await contents.set_notice(sql, document_id, _VERSION, notice)
        if await is_big(sql, ctx.tenant, base_id):
            queueing.enqueue_tending(ctx, base_id)
        await complete(ctx, sql)


async def _silent(_done: int, _total: int) -> None:
    return


async def take_embedding_apart(ctx: Context, document_ids: Sequence[DocumentId], words: str) -> None:
    """Say on texts that they are found by their words alone, and let each be tried alone.

    It may be one of them that the model refuses, and the others have no part in it.
    """
    async with ctx.transaction() as sql:
        for document in (await documents.lock_documents(sql, document_ids)).values():
            if document.version == _VERSION and document.status == "embedding":
                await fail_in(ctx, sql, document, Failure(EMBEDDING_FAILED, words))
                queueing.enqueue_embedding(ctx, document.id, _VERSION)
