"""Vectors for chunks that have none yet, in batches with short transactions: what is killed goes on where it was."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medea.kernel.context import Context
from medea.kernel.embeddings.port import Embedded, Embedder, EmbeddingModelMissing
from medea.kernel.ids import DocumentId, KnowledgeBaseId
from medea.modules.knowledge.index import statements as st
from medea.modules.knowledge.index.copies import Progress, follow, open_copy
from medea.modules.knowledge.index.models import find_embedder
from medea.modules.knowledge.index.words import pack_words

_BATCH = 48
_ROOM = 220
"""Tokens, as estimated, up to which a text takes its headings along: models of this size see 256."""


@dataclass(frozen=True, slots=True)
class Target:
    """A generation of vectors of a base.

    Attributes:
        number: of the base.
        version: of the generation.
        model: what computes it.
    """

    number: int
    version: int
    model: str


async def embed_pending(
    ctx: Context, base_id: KnowledgeBaseId, document_ids: Sequence[DocumentId] | None, *, progress: Progress
) -> int:
    """Give the chunks of documents the vectors that they lack.

    During a switch to another model both generations are filled. Without an embedding model nothing is done.

    Args:
        ctx: outside any transaction: this calls a model.
        base_id: the base.
        document_ids: which documents; None: all of the base.
        progress: told how many of how many are done.

    Returns:
        How many vectors were made.

    Raises:
        EmbeddingModelMissing: the base's model is not installed, or its provider is gone.
        ModelError: an endpoint failed.
    """
    made = 0
    for target in await find_targets(ctx, base_id):
        embedder = await find_embedder(ctx, target.model)
        if embedder is None:
            raise EmbeddingModelMissing(model=target.model)
        made += await fill(ctx, target, embedder, document_ids, progress)
    return made


async def find_targets(ctx: Context, base_id: KnowledgeBaseId) -> list[Target]:
    """Return the generations of vectors that a base has or gets; of a base without vectors the first is begun."""
    async with ctx.transaction() as sql:
        row = await sql.fetchrow(st.FIND_TARGETS, ctx.tenant, base_id)
        if row is None or row["wanted"] is None:
            return []
        if row["embedding_model"] is None:
            await sql.execute(st.BEGIN_MODEL, ctx.tenant, row["number"], row["wanted"])
    found = [Target(row["number"], row["embedding_version"], row["embedding_model"] or row["wanted"])]
    if row["next_model"] is not None:
        found.append(Target(row["number"], row["next_version"], row["next_model"]))
    return found


async def fill(
    ctx: Context, target: Target, embedder: Embedder, document_ids: Sequence[DocumentId] | None, progress: Progress
) -> int:
    """Embed what lacks vectors of a generation, of some documents or (None) of the whole base."""
    async with ctx.transaction(durable=False) as sql:
        await open_copy(ctx, sql, target.number)
        counted = await sql.fetchrow(st.COUNT_VECTORS, ctx.tenant, target.number, target.version, document_ids)
    progressed = _Progress(counted["done"] if counted else 0, counted["total"] if counted else 0, progress)
    before, after = progressed.done, 0
    storing: asyncio.Task[None] | None = None
    try:
        while True:
            async with ctx.transaction(durable=False) as sql:
                rows = await sql.fetch(
                    st.FIND_PENDING, ctx.tenant, target.number, target.version, document_ids, after, _BATCH
                )
            if not rows:
                break
            after = rows[-1]["number"]
            texts = [embedded_text(row["text"], row["title"], row["heading_path"], row["tokens"]) for row in rows]
            found = await embedder.embed(texts, with_words=embedder.has_words)
            if storing is not None:
                await storing
            # beside the model's work on the next batch, which keeps one core of two busy meanwhile
            storing = asyncio.create_task(_store(ctx, target, found, texts, rows, progressed))
        if storing is not None:
            await storing
    except Exception:
        if storing is not None:
            with contextlib.suppress(Exception):  # what the model gave is kept though the next batch failed
                await storing
        raise
    finally:
        if storing is not None:
            storing.cancel()
    return progressed.done - before


@dataclass(slots=True)
class _Progress:
    """How far it is.

    Attributes:
        is_followed: whether the vector store answers; once it does not, it is left alone.
    """

    done: int
    total: int
    tell: Progress
    is_followed: bool = True


async def _store(
    ctx: Context, target: Target, found: Embedded, texts: Sequence[str], rows: Sequence[Any], progressed: _Progress
) -> None:
    """Write a batch's vectors, and say how far it is."""
    vectors, words = await asyncio.to_thread(_as_stored, found, texts, rows)
    numbers = [row["number"] for row in rows]
    where = ctx.tenant, target.number, target.version
    async with ctx.transaction() as sql:
        await sql.execute(st.INSERT_VECTORS, *where, numbers, vectors)
        if words:
            await sql.execute(st.INSERT_WORDS, *where, numbers, words)
        await sql.execute(st.NOTE_DIMENSIONS, *where, found.vectors.shape[1])
    progressed.is_followed = progressed.is_followed and await follow(ctx, target.number)
    progressed.done += len(rows)
    await progressed.tell(min(progressed.done, progressed.total), progressed.total)


def embedded_text(text: str, title: str | None, heading_path: Sequence[str], tokens: int) -> str:
    """Return what is embedded for a chunk: its headings too, where they fit into what a model sees.

    Args:
        text: of the chunk.
        title: of its document, where that is a single chunk. It says what the text is about even where the end of
            the text is not seen for it; the same title on many chunks would only make them more alike (measured).
        heading_path: headings above it.
        tokens: of the text, as estimated.
    """
    above = [title] if title else []
    if tokens <= _ROOM:
        above += [heading for heading in heading_path if heading != title]
    return "\n".join([" > ".join(above), text]) if above else text


def _as_stored(found: Embedded, texts: Sequence[str], rows: Sequence[Any]) -> tuple[list[str], list[bytes]]:
    """Write vectors as the database takes them; some milliseconds for each text, so in a thread."""
    packed = [
        pack_words(words, text, row["language"]) for words, text, row in zip(found.words, texts, rows, strict=False)
    ]
    return [as_halfvec(vector) for vector in found.vectors], packed


def as_halfvec(vector: Any) -> str:
    """Write a vector as PostgreSQL reads it; four digits are more than 16 bits hold."""
    return "[" + ",".join([f"{value:.4g}" for value in vector.tolist()]) + "]"
