"""The search: one for chats, hit tests, the API and evaluations."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

import msgspec

from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.kernel.embeddings.port import LOCAL_MODEL, Embedder, Words
from medea.kernel.ids import ChunkId, DocumentId, KnowledgeBaseId
from medea.kernel.llm.errors import ModelError
from medea.kernel.telemetry import metrics
from medea.modules.knowledge.errors import BaseNotFound
from medea.modules.knowledge.index.analysis import analyse_query
from medea.modules.knowledge.index.languages import detect_language
from medea.modules.knowledge.index.models import find_embedder, find_reranker
from medea.modules.knowledge.index.vectors import as_halfvec
from medea.modules.knowledge.retrieval import ranking
from medea.modules.knowledge.retrieval.asking import is_statement
from medea.modules.knowledge.retrieval.features import Asked
from medea.modules.knowledge.retrieval.late import similarity, word_weights
from medea.modules.knowledge.retrieval.outside import Nearest, find_nearest
from medea.modules.knowledge.retrieval.statements import (
    BASES,
    COPIED_BASES,
    RANKED,
    Leg,
    Shape,
    length_weight,
    search_settings,
    search_statement,
)
from medea.modules.knowledge.values import BaseSettings, Filter, Mode, Passage, SearchResult

_MAX_QUERY = 2000
_MAX_LANGUAGES = 4
_RARE = 0.02
"""Share of chunks below which a language is looked for only in questions of its own."""
_WEIGHT, _WEIGHT_OF_OTHERS = 0.6, 0.5
"""Of cosines in the fused score: the local model's as they are, other models' stretched."""


@dataclass(frozen=True, slots=True)
class QueryVector:
    """A question as one model sees it.

    Attributes:
        text: the vector, as PostgreSQL reads it.
        words: vectors of its words, where the model has them.
    """

    text: str
    words: Words | None


_VECTORS: CacheSpec[QueryVector] = CacheSpec("knowledge.query_vectors", ttl=600.0, size=2000)
_IS_LOCAL: CacheSpec[bool] = CacheSpec("knowledge.local_bases", ttl=600.0, size=5000)
"""Whether a base's vectors are the local model's, as the last search saw it: a guess, which none relies on."""


@dataclass(slots=True)
class _Search:
    """One search on its way.

    Attributes:
        bases: their rows.
        settings: how to search, of the first base, or as the caller wants it.
        words: of the question, as the index knows words.
        vectors: of the question, by model.
        embedders: by model.
        notice: what the builder should know.
        is_degraded: a model or the vectors of a base are missing, so what is found may be worse.
        timings: milliseconds by stage.
    """

    query: str
    bases: Sequence[Any]
    settings: BaseSettings
    languages: Sequence[str | None]
    words: Sequence[tuple[int, ...]]
    vectors: dict[str, QueryVector] = field(default_factory=dict)
    embedders: dict[str, Embedder] = field(default_factory=dict)
    notice: str | None = None
    is_degraded: bool = False
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def mode(self) -> Mode:
        """What it goes by."""
        return "hybrid" if self.vectors else "lexical"

    @property
    def outcome(self) -> str:
        """What is counted: without the vector store the same is found, only more slowly."""
        if self.is_degraded:
            return "degraded"
        return "compared" if self.notice else self.mode

    @property
    def is_statement(self) -> bool:
        """Whether it asks nothing."""
        return is_statement(self.query, len(self.words))

    @property
    def has_late_interaction(self) -> bool:
        """Whether words are compared one by one; what asks nothing is ordered without."""
        return self.settings.rerank == "late_interaction" and not self.is_statement

    def degrade(self, notice: str) -> None:
        """Note that what is found may be worse, and why."""
        self.notice, self.is_degraded = notice, True

    @property
    def is_stretched(self) -> bool:
        """Whether cosines come from other models than the local one."""
        return any(model != LOCAL_MODEL for model in self.vectors)

    @property
    def understood(self) -> frozenset[str] | None:
        """Languages in which the vectors say something; None: all."""
        known = [embedder.languages for embedder in self.embedders.values()]
        return None if not known or None in known else frozenset().union(*(each for each in known if each))


async def search(
    ctx: Context,
    base_ids: Sequence[KnowledgeBaseId],
    query: str,
    *,
    top_k: int,
    threshold: float | None = None,
    filter: Filter | None = None,  # noqa: A002 - the word of the API
    settings: Mapping[str, Any] | None = None,
) -> SearchResult:
    """Find the passages of some bases that answer a question best.

    Args:
        ctx: outside any transaction: this may call a model.
        base_ids: which; several are searched as if they were one.
        query: what is asked.
        top_k: how many at most.
        threshold: of the score, 0 to 1; what is below is left out.
        filter: metadata that documents must have.
        settings: members of `BaseSettings` to search with instead of the base's, to try them.

    Raises:
        BaseNotFound: one of them is not there.
    """
    began = time.perf_counter()
    search = await _prepare(ctx, base_ids, query[:_MAX_QUERY], settings or {})
    rows: Sequence[Any] = []
    if search.bases and (search.words or search.vectors):
        rows = await _find(ctx, search, filter, max(RANKED, top_k))
    passages = await _rank(ctx, search, rows, top_k, threshold)
    search.timings["total"] = _since(began)
    metrics.KNOWLEDGE_SEARCHES.labels(search.outcome).inc()
    for stage, milliseconds in search.timings.items():
        metrics.KNOWLEDGE_SEARCH_SECONDS.labels(stage).observe(milliseconds / 1000)
    return SearchResult(tuple(passages), search.mode, search.notice, search.timings)


async def _prepare(
    ctx: Context, base_ids: Sequence[KnowledgeBaseId], query: str, settings: Mapping[str, Any]
) -> _Search:
    began = time.perf_counter()
    early = _embed_early(ctx, base_ids, query, settings)
    try:
        by_id = {row["id"]: row for row in await _read_bases(ctx, base_ids)}
    except BaseException:
        if early is not None:
            early.cancel()
        raise
    if missing := [base_id for base_id in base_ids if base_id not in by_id]:
        raise BaseNotFound(base_id=str(missing[0]))
    bases = [by_id[base_id] for base_id in dict.fromkeys(base_ids) if by_id[base_id]["chunk_count"]]
    first = msgspec.convert(by_id[base_ids[0]]["settings"] if base_ids else {}, BaseSettings)
    used = msgspec.structs.replace(first, **settings)
    languages = _languages(bases, query)
    search = _Search(query, bases, used, languages, analyse_query(query, languages))
    search.timings["prepare"] = _since(began)
    began = time.perf_counter()
    if used.vector_weight != 0:
        await _embed(ctx, search)
        await _note_local(ctx, bases)
    search.timings["embed"] = _since(began)
    return search


async def _read_bases(ctx: Context, base_ids: Sequence[KnowledgeBaseId]) -> Sequence[Any]:
    store = ctx.ports.vectors
    async with ctx.transaction(durable=False) as sql:
        if store is None:
            return await sql.fetch(BASES, ctx.tenant, list(base_ids))
        return await sql.fetch(COPIED_BASES, ctx.tenant, list(base_ids), store.name)


def _embed_early(
    ctx: Context, base_ids: Sequence[KnowledgeBaseId], query: str, settings: Mapping[str, Any]
) -> "asyncio.Task[QueryVector] | None":
    """Let the local model begin while the bases are read, where it will be needed; `_embed` finds what it made."""
    known = ctx.ports.cache(_IS_LOCAL)
    if settings.get("vector_weight") == 0 or not any(known.peek(ctx.tenant, str(base_id)) for base_id in base_ids):
        return None
    embedder = ctx.ports.embedders.local()
    if embedder is None:
        return None
    early = asyncio.create_task(_vector(ctx, embedder, query), name="embed-early")
    early.add_done_callback(lambda task: task.cancelled() or task.exception())  # `_embed` is told the same
    return early


async def _note_local(ctx: Context, bases: Sequence[Any]) -> None:
    known = ctx.ports.cache(_IS_LOCAL)
    for row in bases:
        is_local = row["embedding_model"] == LOCAL_MODEL
        key = str(row["id"])
        if known.peek(ctx.tenant, key) is None:

            async def load(found: bool = is_local) -> bool:
                return found

            await known.get(ctx.tenant, key, load)


def _languages(bases: Sequence[Any], query: str) -> list[str]:
    """Return the languages to look for words in: that of the question, if texts have it, and what is frequent."""
    counted: Counter[str] = Counter()
    for row in bases:
        for language, count in row["languages"].items():
            counted[language or "en"] += count
    enough = _RARE * sum(counted.values())
    found = [language for language, count in counted.most_common(_MAX_LANGUAGES) if count >= enough]
    asked = detect_language(query)
    if asked is not None and asked in counted:
        found = [asked, *(language for language in found if language != asked)]
    return found


async def _embed(ctx: Context, search: _Search) -> None:
    """Get the question's vectors; without them it is searched by words, and the search says so."""
    for model in dict.fromkeys(row["embedding_model"] for row in search.bases):
        if model is None:
            continue
        embedder = await find_embedder(ctx, model)
        if embedder is None:
            search.degrade(f"The embedding model {model} is not available here: this search went by words alone.")
            continue
        try:
            search.vectors[model] = await _vector(ctx, embedder, search.query)
            search.embedders[model] = embedder
        except ModelError as error:
            ctx.log.warning("knowledge.query_not_embedded", model=model, code=error.code)
            search.degrade(f"The embedding model {model} did not answer: this search went by words alone.")


async def _vector(ctx: Context, embedder: Embedder, query: str) -> QueryVector:
    async def load() -> QueryVector:
        found = await embedder.embed([query], is_query=True, with_words=embedder.has_words)
        return QueryVector(as_halfvec(found.vectors[0]), found.words[0] if found.words else None)

    return await ctx.ports.cache(_VECTORS).get(ctx.tenant, f"{embedder.model}\n{query}", load)


async def _find(ctx: Context, search: _Search, filter_: Filter | None, limit: int) -> Sequence[Any]:
    began = time.perf_counter()
    bases = search.bases
    with_vectors = [row for row in bases if row["embedding_model"] in search.vectors]
    nearest = Nearest({}) if filter_ else await _nearest(ctx, search, with_vectors)
    legs = tuple(_leg(row, list(search.vectors), nearest) for row in with_vectors)
    understood = search.understood
    shape = Shape(
        has_many_bases=len(bases) > 1,
        has_filter=bool(filter_),
        has_words=search.has_late_interaction and bool(legs),
        has_languages=understood is not None and any(set(row["languages"]) - understood - {""} for row in bases),
        legs=legs,
    )
    numbers = [row["number"] for row in bases]
    chunks = sum(row["chunk_count"] for row in bases)
    weight = search.settings.vector_weight
    if weight is None:
        weight = _WEIGHT_OF_OTHERS if search.is_stretched else _WEIGHT
    arguments: list[Any] = [
        ctx.tenant,
        numbers if shape.has_many_bases else numbers[0],
        [term for of_word in search.words for term in of_word],
        length_weight(sum(row["term_count"] for row in bases) / max(chunks, 1)),
        float(chunks),
        None if understood is None else sorted(understood),
        weight,
        search.is_stretched,
        limit,
    ]
    for row in with_vectors:
        arguments += row["number"], row["embedding_version"], search.vectors[row["embedding_model"]].text
    if filter_:
        arguments += _normalised(filter_), [row["id"] for row in bases]
    arguments += [nearest.chunks[row["number"]] for row in with_vectors if row["number"] in nearest.chunks]
    async with ctx.transaction(durable=False, settings=search_settings(shape)) as sql:
        rows: Sequence[Any] = await sql.fetch(search_statement(shape), *arguments)
    search.timings["search"] = _since(began)
    return rows


async def _nearest(ctx: Context, search: _Search, with_vectors: Sequence[Any]) -> Nearest:
    """Ask the vector store, where there is one."""
    if ctx.ports.vectors is None or not with_vectors:
        return Nearest({})
    began = time.perf_counter()
    vectors = {model: vector.text for model, vector in search.vectors.items()}
    nearest = await find_nearest(ctx, with_vectors, vectors)
    if nearest.notice and nearest.is_missed:
        search.degrade(nearest.notice)
    else:
        search.notice = search.notice or nearest.notice
    search.timings["store"] = _since(began)
    return nearest


def _leg(row: Any, models: list[str], nearest: Nearest) -> Leg:
    slot = models.index(row["embedding_model"])
    if row["number"] in nearest.chunks:
        return Leg(slot, is_given=True)
    if row["has_graph"]:
        return Leg(slot, row["number"], row["embedding_version"], row["embedding_dimensions"])
    return Leg(slot)


def _normalised(filter_: Filter) -> dict[str, list[Any]]:
    return {key: list(value) if isinstance(value, list | tuple) else [value] for key, value in filter_.items()}


async def _rank(
    ctx: Context, search: _Search, rows: Sequence[Any], top_k: int, threshold: float | None
) -> list[Passage]:
    began = time.perf_counter()
    reranked: Sequence[float] | None = None
    if rows and search.settings.rerank != "none":
        reranked = await _reranked(ctx, search, rows) or _second_stage(search, rows)
    scores = [row["fused"] for row in rows] if reranked is None else reranked
    # stable: equals stay as the first stage had them
    best = sorted(range(len(rows)), key=lambda place: -scores[place])[:top_k]
    passages = [
        _passage(rows[place], scores[place], None if reranked is None else reranked[place])
        for place in best
        if threshold is None or scores[place] >= threshold
    ]
    search.timings["rank"] = _since(began)
    return passages


async def _reranked(ctx: Context, search: _Search, rows: Sequence[Any]) -> list[float] | None:
    """Ask a reranker at an endpoint; None where none is set, or it fails, which the search then says."""
    model = search.settings.rerank_model
    if search.settings.rerank != "api":
        return None
    reranker = await find_reranker(ctx, model) if model else None
    if reranker is None:
        search.degrade(f"The reranker {model or ''} is not available: this search was ordered without it.")
        return None
    texts = ["\n".join((row["name"], *row["heading_path"], row["text"])) for row in rows]
    try:
        return await reranker.score(search.query, texts)
    except ModelError as error:
        ctx.log.warning("knowledge.not_reranked", model=model, code=error.code)
        search.degrade(f"The reranker {model} did not answer: this search was ordered without it.")
        return None


def _second_stage(search: _Search, rows: Sequence[Any]) -> Sequence[float]:
    chunks = sum(row["chunk_count"] for row in search.bases)
    idf = dict(zip(rows[0]["found_terms"] or (), rows[0]["idfs"] or (), strict=True))
    asked = Asked.of(search.words, idf, log(1 + (chunks + 0.5) / 0.5))
    late = None
    words = next((vector.words for vector in search.vectors.values() if vector.words is not None), None)
    if search.has_late_interaction and words is not None:
        weights = word_weights(search.query, words, asked, search.languages)
        late = similarity(words, weights, [row["words"] for row in rows])
    found = ranking.scores(
        asked,
        rows,
        late,
        is_stretched=search.is_stretched,
        languages=search.understood,
        is_statement=search.is_statement,
    )
    return [float(score) for score in found]


def _passage(row: Any, score: float, reranked: float | None) -> Passage:
    scores = {"bm25": round(row["bm25"], 4), "fused": round(row["fused"], 4)}
    if row["cosine"] is not None:
        scores["vector"] = round(row["cosine"], 4)
    if reranked is not None:
        scores["rerank"] = round(reranked, 4)
    return Passage(
        chunk_id=ChunkId(row["id"]),
        document_id=DocumentId(row["document_id"]),
        base_id=KnowledgeBaseId(row["base_id"]),
        document_name=row["name"],
        kind=row["kind"],
        text=row["text"],
        heading_path=tuple(row["heading_path"]),
        page=row["page_from"],
        char_from=row["char_from"],
        char_to=row["char_to"],
        score=score,
        scores=scores,
        metadata=row["metadata"],
        url=row["url"],
    )


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
