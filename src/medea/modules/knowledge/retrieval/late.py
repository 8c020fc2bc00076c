"""Late interaction: each word of the question looks for the word most like it (MaxSim; Khattab and Zaharia 2020).

A word counts by its idf; small words count little, those that no candidate knows as much as rare ones.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from medea.kernel.embeddings.port import Words
from medea.modules.knowledge.index.analysis import analyse_query
from medea.modules.knowledge.index.words import unpack_words
from medea.modules.knowledge.retrieval.features import Asked

if TYPE_CHECKING:  # numpy comes with the first search
    import numpy as np
    import numpy.typing as npt

_SMALL = 0.1
_FULL = 8.0
"""The idf of a word that counts as 1."""


def word_weights(question: str, words: Words, asked: Asked, languages: Sequence[str | None]) -> list[float]:
    """Return how much each word's vector of a question counts; they sum to 1."""
    known = dict(zip(asked.words, asked.weights, strict=True))
    weights = []
    for start, end in words.spans:
        terms = analyse_query(question[start:end], languages)
        weights.append(max((known.get(of_word, 0.0) / _FULL for of_word in terms), default=_SMALL))
    total = sum(weights) or 1.0
    return [weight / total for weight in weights]


def similarity(words: Words, weights: Sequence[float], stored: Sequence[bytes | None]) -> "npt.NDArray[np.float32]":
    """Return for each candidate the weighted mean of the best cosines; NaN where it has no vectors of words.

    Args:
        words: of the question.
        weights: of each.
        stored: of each candidate, as packed.
    """
    import numpy as np

    found = np.full(len(stored), np.nan, np.float32)
    given = [(place, of_chunk) for place, of_chunk in enumerate(stored) if of_chunk is not None and len(of_chunk) > 2]
    if not given or not len(words.spans):
        return found
    question, weighed = words.vectors.T, np.array(weights, np.float32)
    for place, of_chunk in given:
        # one by one: numpy gives products as small as these to one thread, and several would be waited for
        found[place] = (unpack_words(of_chunk) @ question).max(axis=0) @ weighed
    return found
