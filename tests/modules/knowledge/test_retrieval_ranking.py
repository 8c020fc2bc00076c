"""Laws of the ranking: BM25 equals a naive one, fusion and features are monotone."""

import dataclasses
import math
import random
from array import array
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.kernel.embeddings.port import Words
from medea.modules.knowledge import facade
from medea.modules.knowledge.index.analysis import analyse
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.retrieval import ranking
from medea.modules.knowledge.retrieval.features import NAMES, Asked, measure
from medea.modules.knowledge.retrieval.late import similarity
from medea.modules.knowledge.retrieval.statements import K1, B
from tests.modules.knowledge.shelf import Shelf

WORDS = [
    "apple",
    "pear",
    "plum",
    "fig",
    "date",
    "lime",
    "peach",
    "grape",
    "melon",
    "kiwi",
    "quince",
    "berry",
    "olive",
    "nut",
]


def naive_bm25(texts: list[str], query: str) -> dict[str, float]:
    """BM25 as in the books."""
    chunks = [analyse(text, "en") for text in texts]
    mean = sum(map(len, chunks)) / len(chunks)
    found: dict[str, float] = {}
    for text, chunk in zip(texts, chunks, strict=True):
        counted, score = Counter(chunk), 0.0
        for term in dict.fromkeys(analyse(query, "en")):
            having = sum(term in other for other in chunks)
            idf = math.log(1 + (len(chunks) - having + 0.5) / (having + 0.5))
            frequency = counted[term]
            score += idf * frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * len(chunk) / mean))
        if score > 0:
            found[text] = score
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_the_index_gives_the_scores_of_a_naive_bm25(installation: Installation, seed: int) -> None:
    chance = random.Random(seed)
    shelf = await Shelf(installation.ports.database, settings={"embedding_model": None}).make()
    texts = [f"{' '.join(chance.choices(WORDS, k=chance.randint(1, 40)))} x{number}" for number in range(60)]
    documents = [await shelf.put(texts[start : start + 10]) for start in range(0, 60, 10)]
    await shelf.remove(documents[2][0])
    del texts[20:30]
    ctx = Context(installation.ports, system_principal(shelf.tenant))
    for _ in range(5):
        query = " ".join(chance.choices(WORDS, k=chance.randint(1, 5)))
        result = await facade.search(ctx, [shelf.base_id], query, top_k=50, settings={"rerank": "none"})
        expected = sorted(naive_bm25(texts, query).items(), key=lambda entry: -entry[1])[:50]
        got = {passage.text: passage.scores["bm25"] for passage in result.passages}
        assert sorted(got.values(), reverse=True) == pytest.approx([score for _, score in expected], abs=1e-3)
        for text, score in got.items():
            assert score == pytest.approx(naive_bm25(texts, query)[text], abs=1e-3)


async def test_hybrid_finds_the_nearest_vectors_exactly(installation: Installation) -> None:
    installation.ports = dataclasses.replace(installation.ports, embedders=FakeEmbedders(), _made={})
    shelf = await Shelf(installation.ports.database).make()
    chance = random.Random(7)
    texts = [" ".join(chance.choices(WORDS, k=12)) + f" x{number}" for number in range(300)]
    await shelf.put(texts)
    ctx = Context(installation.ports, system_principal(shelf.tenant))

    async def silent(_done: int, _total: int) -> None:
        return

    await embed_pending(ctx, shelf.base_id, None, progress=silent)
    model = installation.ports.embedders.local()
    assert model is not None
    query = "fig date lime"
    cosines = (await model.embed(texts)).vectors @ (await model.embed([query])).vectors[0]
    options = {"rerank": "none", "vector_weight": 1.0}
    found = await facade.search(ctx, [shelf.base_id], query, top_k=10, settings=options)
    best = sorted(zip(cosines.tolist(), texts, strict=True), reverse=True)[:10]
    assert [passage.scores["vector"] for passage in found.passages] == pytest.approx(
        [each for each, _ in best], abs=2e-3
    )


def packed(*terms: int) -> bytes:
    return array("i", terms).tobytes()


def asked(*words: int) -> Asked:
    return Asked.of([(word,) for word in words], dict.fromkeys(words, 2.0), 5.0)


def test_features_of_known_texts() -> None:
    rows = measure(
        asked(1, 2), [packed(1, 2, 9), packed(2, 1, 9), packed(1, 9, 9, 9, 2), packed(9), packed(1, 9)], [0] * 4 + [1]
    )
    columns = dict(zip(NAMES, rows.T.tolist(), strict=True))
    assert columns["coverage"] == [1, 1, 1, 0, 0.5]
    assert columns["phrase"] == [0.5, 0, 0, 0, 0], "of one pair that is worth one word"
    assert columns["proximity"] == [0.5, 0.5, 0, 0, 0]
    assert columns["window"][3:] == [0, 0], "a heading is covered, but no window of the body"
    assert columns["window"][0] == columns["window"][2] == pytest.approx(1.0)


TERMS = st.lists(st.integers(1, 6), max_size=60)


@given(st.lists(TERMS, min_size=1, max_size=5), st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True))
def test_features_are_shares_and_more_text_covers_no_less(chunks: list[list[int]], words: list[int]) -> None:
    question = asked(*words)
    before = measure(question, [packed(*chunk) for chunk in chunks], [0] * len(chunks))
    assert (before >= 0).all()
    assert (before[:, 1:] <= 1 + 1e-6).all()
    after = measure(question, [packed(*chunk, words[0]) for chunk in chunks], [0] * len(chunks))
    assert (after >= before - 1e-6).all()


def row(**values: object) -> dict[str, object]:
    return {
        "terms": packed(1),
        "heading_terms": 0,
        "lexical": 0.5,
        "cosine": 0.3,
        "share": 0.3,
        "language": "en",
    } | values


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_better_cosine_or_bm25_never_ranks_lower(one: float, other: float, lexical: float, more: float) -> None:
    def score(**values: object) -> float:
        found = ranking.scores(asked(1), [row(**values)], None, is_stretched=False, languages=frozenset({"en"}))
        return float(found[0])

    assert (score(cosine=one, lexical=lexical) <= score(cosine=other, lexical=lexical) + 1e-6) == (one <= other) or abs(
        one - other
    ) < 1e-4
    assert score(cosine=one, lexical=min(lexical, more)) <= score(cosine=one, lexical=max(lexical, more)) + 1e-6


def test_a_cosine_says_nothing_in_a_language_that_the_model_does_not_know() -> None:
    known = frozenset({"en"})
    rows = [row(language="ru", cosine=0.1), row(language="ru", cosine=0.9)]
    first, second = ranking.scores(asked(1), rows, None, is_stretched=False, languages=known)
    assert first == second


@pytest.mark.parametrize("counts", [[1], [5], [6, 1, 20], [3, 0, 27, 41, 5]])
@pytest.mark.parametrize("asked_for", [1, 7, 300])
def test_similarity_by_words_is_that_of_a_naive_one(counts: list[int], asked_for: int) -> None:
    chance = np.random.default_rng(len(counts))
    vectors = chance.normal(size=(asked_for, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    weights = chance.random(asked_for)
    texts = [chance.integers(-127, 128, size=(count, 64), dtype=np.int8) for count in counts]
    stored = [(64).to_bytes(2, "little") + rows.tobytes() for rows in texts]
    found = similarity(Words(vectors, ((0, 1),) * asked_for), weights.tolist(), [None, *stored])
    assert np.isnan(found[0]).all(), "without vectors of words"
    for rows, (in_all, in_window) in zip(texts, found[1:].tolist(), strict=True):
        if not len(rows):
            assert np.isnan([in_all, in_window]).all()
            continue
        whole = rows.astype(np.float64)
        cosines = whole @ vectors.T / np.linalg.norm(whole, axis=1, keepdims=True)
        assert in_all == pytest.approx(cosines.max(axis=0) @ weights, rel=1e-4)
        windows = [cosines[start : start + 20].max(axis=0) @ weights for start in range(0, len(rows), 5)]
        assert in_window == pytest.approx(max(windows), rel=1e-4)
