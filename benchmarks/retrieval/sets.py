"""The public benchmark's files, and the measures."""

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("RETRIEVAL_BENCH", "rag_bench"))


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text to be found.

    Attributes:
        document: what it is a part of; its own id where the set does not say.
    """

    id: str
    document: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the passages that answer it with their worth."""

    text: str
    source: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BenchSet:
    """Passages and questions about them.

    Attributes:
        language: of both; None: to be found out.
    """

    name: str
    passages: Sequence[Passage]
    questions: Sequence[Question]


def read_set(name: str, folder: Path) -> BenchSet:
    """Read a set: `corpus.jsonl`, `queries.jsonl`, `qrels.jsonl`."""
    relevant: dict[str, dict[str, int]] = {}
    for row in _lines(folder / "qrels.jsonl"):
        relevant.setdefault(row["query_id"], {})[row["passage_id"]] = row["relevance"]
    return BenchSet(
        name,
        [
            Passage(row["id"], row.get("doc", row["id"]), row.get("title", ""), row["text"])
            for row in _lines(folder / "corpus.jsonl")
        ],
        [
            Question(row["text"], row.get("source", name), relevant.get(row["id"], {}))
            for row in _lines(folder / "queries.jsonl")
        ],
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over questions, in per cent."""

    hit1: float
    hit5: float
    hit10: float
    mrr10: float
    ndcg10: float

    def __str__(self) -> str:
        return " | ".join(f"{value:.1f}" for value in (self.hit1, self.hit5, self.hit10, self.mrr10, self.ndcg10))


def judge(questions: Sequence[Question], found: Sequence[Sequence[str]]) -> Quality:
    """Compare what was found, best first, with what should have been."""
    sums = [0.0] * 5
    for question, ids in zip(questions, found, strict=True):
        gains = [question.relevant.get(passage_id, 0) for passage_id in ids[:10]]
        ranks = [rank for rank, gain in enumerate(gains) if gain > 0]
        first = ranks[0] if ranks else 10
        ideal = sorted(question.relevant.values(), reverse=True)[:10]
        best = sum(gain / math.log2(rank + 2) for rank, gain in enumerate(ideal))
        got = sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))
        for place, value in enumerate(
            (first < 1, first < 5, first < 10, 1 / (first + 1) if ranks else 0.0, got / best if best else 0.0)
        ):
            sums[place] += value
    return Quality(*(100 * value / max(len(questions), 1) for value in sums))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values is."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
