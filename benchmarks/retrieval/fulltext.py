"""What PostgreSQL's own full text search finds, for comparison: the best of its ways, OR of the words."""

import time
from collections.abc import Sequence

import asyncpg

from benchmarks.retrieval.quality import Judged
from benchmarks.retrieval.sets import BenchSet, judge, percentile

_FIND = """
SELECT id FROM bench_fulltext, to_tsquery('english', $1) AS asked WHERE words @@ asked
ORDER BY {rank} DESC LIMIT 10
"""
WAYS = {
    "PostgreSQL full text, ts_rank, length": "ts_rank(words, asked, 1)",
    "PostgreSQL full text, ts_rank_cd": "ts_rank_cd(words, asked)",
}


async def judge_fulltext(url: str, bench: BenchSet) -> list[Judged]:
    """Ask all questions in each of these ways, as a role that no policy slows."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TEMPORARY TABLE bench_fulltext (id text, words tsvector)")
        await connection.executemany(
            "INSERT INTO bench_fulltext VALUES ($1, to_tsvector('english', $2))",
            [(passage.id, f"{passage.title} {passage.text}") for passage in bench.passages],
        )
        await connection.execute("CREATE INDEX ON bench_fulltext USING gin (words)")
        await connection.execute("ANALYZE bench_fulltext")
        return [await _judge(connection, bench, way) for way in WAYS]
    finally:
        await connection.close()


async def _judge(connection: asyncpg.Connection, bench: BenchSet, way: str) -> Judged:
    found: list[Sequence[str]] = []
    taken = []
    for question in bench.questions:
        began = time.perf_counter()
        query = await connection.fetchval(
            "SELECT replace(plainto_tsquery('english', $1)::text, '&', '|')", question.text
        )
        rows = await connection.fetch(_FIND.format(rank=WAYS[way]), query) if query else []
        taken.append((time.perf_counter() - began) * 1000)
        found.append([row["id"] for row in rows])
    return Judged(way, judge(bench.questions, found), {}, percentile(taken, 0.5), percentile(taken, 0.95))
