"""How well what was asked for is found, by each way of searching."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.retrieval.library import Shelf
from benchmarks.retrieval.sets import BenchSet, Quality, judge, percentile

WAYS: dict[str, dict[str, Any]] = {
    "BM25 alone": {"vector_weight": 0.0, "rerank": "none"},
    "BM25, features": {"vector_weight": 0.0, "rerank": "features"},
    "vectors alone": {"vector_weight": 1.0, "rerank": "none"},
    "hybrid": {"rerank": "none"},
    "hybrid, features": {"rerank": "features"},
    "hybrid, late interaction": {"rerank": "late_interaction"},
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One way of searching on one set.

    Attributes:
        by_source: the same for each source of questions.
        p50: milliseconds of a whole search, the question's embedding included.
    """

    way: str
    quality: Quality
    by_source: Mapping[str, Quality]
    p50: float
    p95: float


async def judge_ways(shelf: Shelf, bench: BenchSet, ways: Sequence[str]) -> list[Judged]:
    """Ask all questions in each of these ways."""
    return [await _judge(shelf, bench, way) for way in ways]


async def _judge(shelf: Shelf, bench: BenchSet, way: str) -> Judged:
    found, taken = [], []
    for question in bench.questions:
        began = time.perf_counter()
        result = await shelf.ask(question.text, WAYS[way])
        taken.append((time.perf_counter() - began) * 1000)
        found.append([shelf.passages[passage.document_id, passage.char_from] for passage in result.passages])
    sources = dict.fromkeys(question.source for question in bench.questions)
    by_source = {source: judge(*_of_source(bench, found, source)) for source in sources if len(sources) > 1}
    return Judged(way, judge(bench.questions, found), by_source, percentile(taken, 0.5), percentile(taken, 0.95))


def _of_source(bench: BenchSet, found: Sequence[Sequence[str]], source: str) -> tuple[list[Any], list[Any]]:
    pairs = [(question, ids) for question, ids in zip(bench.questions, found, strict=True) if question.source == source]
    return [question for question, _ in pairs], [ids for _, ids in pairs]


def table(bench: BenchSet, judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"\n**{bench.name}**: {len(bench.passages)} passages, {len(bench.questions)} questions\n"
    yield "| way | source | hit@1 | hit@5 | hit@10 | MRR@10 | nDCG@10 | p50 ms | p95 ms |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in judged:
        yield f"| {row.way} | all | {row.quality} | {row.p50:.1f} | {row.p95:.1f} |"
        for source, quality in row.by_source.items():
            yield f"| | {source} | {quality} | | |"
