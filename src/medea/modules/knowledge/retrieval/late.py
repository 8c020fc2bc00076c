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
_BLOCK, _WINDOW = 5, 4
"""Words that say something in a block, and blocks in a window: twenty words, about thirty with the small ones."""


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
    """Return for each candidate the weighted mean of the best cosines: in all of it, and in its best window.

    What answers stands together; the window tells that from words strewn over a chunk.

    Args:
        words: of the question.
        weights: of each.
        stored: of each candidate, as packed.

    Returns:
        Two columns; NaN for a candidate without vectors of words.
    """
    import numpy as np

    found = np.full((len(stored), 2), np.nan, np.float32)
    given = [(place, of_chunk) for place, of_chunk in enumerate(stored) if of_chunk is not None and len(of_chunk) > 2]
    if not given or not len(words.spans):
        return found
    weighed = np.array(weights, np.float32)
    rows, lengths = unpack_words([of_chunk for _, of_chunk in given])
    starts = np.cumsum(lengths) - lengths
    cosines = np.empty((len(rows), len(words.spans)), np.float32)
    for start, length in zip(starts, lengths, strict=True):
        # one by one: numpy gives products as small as these to one thread, and several would be waited for
        np.matmul(rows[start : start + length], words.vectors.T, out=cosines[start : start + length])
    counts = -(-lengths // _BLOCK)
    owner = np.repeat(np.arange(len(given)), counts)
    first = np.cumsum(counts) - counts
    blocks = np.maximum.reduceat(cosines, starts[owner] + (np.arange(len(owner)) - first[owner]) * _BLOCK)
    windows = blocks.copy()
    for step in range(1, _WINDOW):
        inside = (owner[step:] == owner[:-step])[:, None]
        windows[:-step] = np.where(inside, np.maximum(windows[:-step], blocks[step:]), windows[:-step])
    places = [place for place, _ in given]
    found[places, 0] = np.maximum.reduceat(cosines, starts) @ weighed
    found[places, 1] = np.maximum.reduceat(windows @ weighed, first)
    return found
