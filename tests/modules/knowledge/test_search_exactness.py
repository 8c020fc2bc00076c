"""The search's statement against all scores computed one by one."""

import dataclasses
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.embeddings.fake import FakeEmbedders
from medea.modules.knowledge import facade
from medea.modules.knowledge.index.analysis import analyse
from medea.modules.knowledge.index.vectors import embed_pending
from medea.modules.knowledge.retrieval.statements import K1, POSTINGS, B
from tests.modules.knowledge.shelf import Shelf

CHUNKS = 3000
WORDS = {"often": (5, 0.7), "sometimes": (40, 0.1), "rarely": (300, 0.01)}
"""How many words of a kind there are, and in which share of texts each is."""
MANY = "rarely3 rarely50 " + " ".join(f"sometimes{n}" for n in range(10)) + " often0 often1 often2 often3 often4"
"""Has more postings than are added up: its most frequent words are looked up for candidates only."""
QUESTIONS = (MANY, "sometimes11 sometimes12 rarely7 often4", "often0 often1 often2 often3 often4")


def texts(seed: int) -> list[str]:
    rnd = random.Random(seed)
    made = []
    for _ in range(CHUNKS):
        words = [
            f"{kind}{number}"
            for kind, (count, share) in WORDS.items()
            for number in range(count)
            for _ in range(rnd.choice((1, 1, 2)) if rnd.random() < share else 0)
        ]
        rnd.shuffle(words)
        made.append(" ".join(words))
    return made


class Naive:
    """All scores of all texts."""

    def __init__(self, of_texts: Sequence[str]) -> None:
        self.terms = [Counter(analyse(text, "en")) for text in of_texts]
        self.counts = Counter(term for of_text in self.terms for term in of_text)
        lengths = np.array([of_text.total() for of_text in self.terms])
        self.norms = K1 * (1 - B + B * lengths / lengths.mean())

    def bm25(self, question: str) -> npt.NDArray[np.float64]:
        scores = np.zeros(len(self.terms))
        for term in set(analyse(question, "en")):
            idf = math.log(1 + (len(self.terms) - self.counts[term] + 0.5) / (self.counts[term] + 0.5))
            times = np.array([of_text[term] for of_text in self.terms])
            scores += idf * (K1 + 1) * times / (times + self.norms)
        return scores

    def postings(self, question: str) -> int:
        return sum(self.counts[term] for term in set(analyse(question, "en")))


@dataclasses.dataclass
class Library:
    ctx: Context
    shelf: Shelf
    texts: list[str]
    naive: Naive
    vectors: npt.NDArray[np.float32] | None = None

    async def best(self, question: str, settings: Mapping[str, Any], **options: Any) -> list[tuple[str, float]]:
        given = {"rerank": "none", **settings}
        found = await facade.search(self.ctx, [self.shelf.base_id], question, top_k=10, settings=given, **options)
        return [(passage.text, passage.score) for passage in found.passages]

    async def cosines(self, question: str) -> npt.NDArray[np.float64]:
        embedder = self.ctx.ports.embedders.local()
        assert embedder is not None
        if self.vectors is None:
            self.vectors = (await embedder.embed(self.texts)).vectors
        found: npt.NDArray[np.float64] = (self.vectors @ (await embedder.embed([question])).vectors[0]).astype(float)
        return found


@pytest.fixture
async def library(installation: Installation) -> Library:
    installation.ports = dataclasses.replace(installation.ports, embedders=FakeEmbedders(), _made={})
    shelf = await Shelf(installation.ports.database).make()
    ctx = Context(installation.ports, system_principal(shelf.tenant))
    made = texts(7)
    for place in range(0, CHUNKS, 1000):
        await shelf.put(made[place : place + 1000], metadata={"part": place})
    return Library(ctx, shelf, made, Naive(made))


def check(
    found: Sequence[tuple[str, float]], scores: npt.NDArray[np.float64], of_texts: Sequence[str], *, near: float = 1e-6
) -> None:
    """See that these are the ten best with their scores; equals may stand in any order."""
    best = np.sort(scores)[::-1][:10]
    assert [score for _, score in found] == pytest.approx(best, abs=near)
    by_text = dict(zip(of_texts, scores, strict=True))
    assert [by_text[text] for text, _ in found] == pytest.approx(best, abs=near)


async def test_the_best_by_words_are_those_of_a_full_computation(library: Library) -> None:
    assert library.naive.postings(MANY) > POSTINGS
    for question in QUESTIONS:
        lexical = library.naive.bm25(question)
        check(await library.best(question, {"vector_weight": 0}), lexical / lexical.max(), library.texts)
        part = await library.best(question, {"vector_weight": 0}, filter={"part": 1000})
        of_part = lexical[1000:2000]
        check(part, of_part / of_part.max(), library.texts[1000:2000])


async def test_the_best_of_the_sum_are_those_of_a_full_computation(library: Library) -> None:
    async def silent(_done: int, _total: int) -> None:
        return

    await embed_pending(library.ctx, library.shelf.base_id, None, progress=silent)
    for question in QUESTIONS:
        lexical, cosines = library.naive.bm25(question), np.maximum(await library.cosines(question), 0)
        # stored vectors have 16 bits
        check(await library.best(question, {"vector_weight": 1.0}), cosines, library.texts, near=1e-3)
        both = 0.6 * cosines + 0.4 * lexical / lexical.max()
        check(await library.best(question, {"vector_weight": 0.6}), both, library.texts, near=1e-3)
