"""How long a whole search takes in tenants of several sizes among a thousand small ones.

One tenant is filled with real passages through the product's code; its rows are then copied for the others, with
noise on the vectors, so that none is another's twin.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from benchmarks.retrieval.library import Shelf
from benchmarks.retrieval.sets import BenchSet, percentile
from medea.apps.bootstrap import Installation
from medea.modules.knowledge.index.graphs import tend_graph

SIZES = (100, 1_000, 5_000, 20_000, 100_000)
WAYS: dict[str, dict[str, Any]] = {
    "hybrid": {"rerank": "none"},
    "features": {"rerank": "features"},
    "late interaction": {"rerank": "late_interaction"},
}

_COPIES = {
    "knowledge_chunks": """
        INSERT INTO knowledge_chunks SELECT $1, gen_random_uuid(), $2, $3 + number, $4, ordinal, text, heading_path,
            page_from, page_to, char_from, char_to, tokens, language, content_hash, analysis_hash, terms, heading_terms
        FROM knowledge_chunks WHERE base_number = $5 AND number <= $6
    """,
    "knowledge_postings": """
        INSERT INTO knowledge_postings SELECT $1, $2, term, $3 + chunk_number, frequency, length
        FROM knowledge_postings WHERE base_number = $4 AND chunk_number <= $5
    """,
    "knowledge_vectors": """
        INSERT INTO knowledge_vectors SELECT $1, $2, 0, $3 + v.chunk_number, (
            SELECT array_agg(x + (random() - 0.5) * 0.05 + v.chunk_number * 0) FROM unnest(v.embedding::real[]) AS x
        )::vector::halfvec
        FROM knowledge_vectors AS v WHERE base_number = $4 AND chunk_number <= $5
    """,
    "knowledge_token_vectors": """
        INSERT INTO knowledge_token_vectors SELECT $1, $2, 0, $3 + chunk_number, vectors
        FROM knowledge_token_vectors WHERE base_number = $4 AND chunk_number <= $5
    """,
}


@dataclass(frozen=True, slots=True)
class Timed:
    """One way of searching in a base of a size, in milliseconds."""

    size: int
    way: str
    p50: float
    p95: float
    stages: dict[str, float]


async def fill(installation: Installation, url: str, source: Shelf, sizes: Sequence[int], crowd: int) -> list[Shelf]:
    """Make tenants of these sizes, and a crowd of small ones beside them."""
    admin = await asyncpg.connect(url)
    made: list[Shelf] = []
    try:
        origin = await admin.fetchval("SELECT number FROM knowledge_indexes WHERE base_id = $1", source.base_id)
        whole = await admin.fetchval("SELECT max(number) FROM knowledge_chunks WHERE base_number = $1", origin)
        for size in (*sizes, *([100] * crowd)):
            shelf = await Shelf(installation).make()
            await _copy(admin, shelf, origin, whole, size)
            if len(made) < len(sizes):
                made.append(shelf)
        await admin.execute("VACUUM ANALYZE")
    finally:
        await admin.close()
    for shelf in made:
        await tend_graph(shelf.ctx, shelf.base_id)
    return made


async def _copy(admin: asyncpg.Connection, shelf: Shelf, origin: int, whole: int, size: int) -> None:
    async with shelf.ctx.transaction() as sql:
        document_id = await shelf.add_document(sql, "")
    number = await admin.fetchval(
        "INSERT INTO knowledge_indexes (tenant_id, base_id, embedding_model, embedding_dimensions, languages)"
        " VALUES ($1, $2, 'medea/minilm', 384, '{\"en\": 1}') RETURNING number",
        shelf.tenant,
        shelf.base_id,
    )
    for offset in range(0, size, whole):
        part = min(whole, size - offset)
        for table, statement in _COPIES.items():
            middle = [document_id] if table == "knowledge_chunks" else []
            await admin.execute(statement, shelf.tenant, number, offset, *middle, origin, part)
    await admin.execute(
        "INSERT INTO knowledge_terms SELECT tenant_id, base_number, term, count(*) FROM knowledge_postings"
        " WHERE base_number = $1 GROUP BY 1, 2, 3",
        number,
    )
    await admin.execute(
        "UPDATE knowledge_indexes SET chunk_count = $2, next_chunk = $2 + 1, term_count = ("
        " SELECT coalesce(sum(length), 0) FROM (SELECT DISTINCT chunk_number, length FROM knowledge_postings"
        " WHERE base_number = $1) AS lengths) WHERE number = $1",
        number,
        size,
    )


async def measure(shelves: Sequence[Shelf], sizes: Sequence[int], bench: BenchSet, number: int) -> list[Timed]:
    """Ask questions that were not asked before, so that each is embedded."""
    timed = []
    texts = [question.text for question in bench.questions]
    for size, shelf in zip(sizes, shelves, strict=True):
        for place, (way, settings) in enumerate(WAYS.items()):
            for warm in texts[-20:]:
                await shelf.ask(f"{warm} {place}", settings)
            taken, stages = [], dict.fromkeys(("prepare", "embed", "search", "rank"), 0.0)
            for text in texts[place * number : (place + 1) * number]:
                began = time.perf_counter()
                result = await shelf.ask(text, settings)
                taken.append((time.perf_counter() - began) * 1000)
                for stage in stages:
                    stages[stage] += result.timings_ms[stage] / number
            timed.append(Timed(size, way, percentile(taken, 0.5), percentile(taken, 0.95), stages))
    return timed


def table(timed: Sequence[Timed]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| chunks | way | p50 ms | p95 ms | prepare | embed | search | rank |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in timed:
        stages = " | ".join(f"{row.stages[stage]:.1f}" for stage in ("prepare", "embed", "search", "rank"))
        yield f"| {row.size:,} | {row.way} | {row.p50:.1f} | {row.p95:.1f} | {stages} |"
