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

    Floats = npt.NDArray[np.float32]
    Whole = npt.NDArray[np.int64]

_SMALL = 0.1
_FULL = 8.0
"""The idf of a word that counts as 1."""
_BLOCK = 5
"""Words that say something in a block; four are a window: twenty words, about thirty with the small ones."""
_SERIAL = 1 << 18
"""Multiplications up to which numpy's OpenBLAS gives a product to one thread; several would be waited for."""


def word_weights(question: str, words: Words, asked: Asked, languages: Sequence[str | None]) -> list[float]:
    """Return how much each word's vector of a question counts; they sum to 1."""
    known = dict(zip(asked.words, asked.weights, strict=True))
    weights = []
    for start, end in words.spans:
        terms = analyse_query(question[start:end], languages)
        weights.append(max((known.get(of_word, 0.0) / _FULL for of_word in terms), default=_SMALL))
    total = sum(weights) or 1.0
    return [weight / total for weight in weights]


def similarity(words: Words, weights: Sequence[float], stored: Sequence[bytes | None]) -> "Floats":
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
    rows, norms, counts = unpack_words([of_chunk for _, of_chunk in given])
    cosines = _products(rows, np.ascontiguousarray(words.vectors.T)) / norms[:, None]
    blocks, owner, firsts = _blocks(cosines, counts)
    places = [place for place, _ in given]
    found[places, 0] = np.maximum.reduceat(blocks, firsts) @ weighed
    found[places, 1] = np.maximum.reduceat(_windows(blocks, owner, firsts) @ weighed, firsts)
    return found


def _products(rows: "Floats", asked: "Floats") -> "Floats":
    import numpy as np

    found = np.empty((len(rows), asked.shape[1]), np.float32)
    slab = max(1, _SERIAL // asked.size)
    for start in range(0, len(rows), slab):
        np.matmul(rows[start : start + slab], asked, out=found[start : start + slab])
    return found


def _blocks(cosines: "Floats", counts: "Whole") -> "tuple[Floats, Whole, Whole]":
    """Return the best of each block; whose candidate's it is, and where each candidate's begin."""
    import numpy as np

    ends = np.cumsum(counts)
    of_each = -(-counts // _BLOCK)
    firsts = np.cumsum(of_each) - of_each
    owner = np.repeat(np.arange(len(counts)), of_each)
    begin = (ends - counts)[owner] + (np.arange(len(owner)) - firsts[owner]) * _BLOCK
    last = ends[owner] - 1
    best = cosines[begin]
    for step in range(1, _BLOCK):  # beyond the last word stands the last word: the best stays the best
        np.maximum(best, cosines[np.minimum(begin + step, last)], out=best)
    return best, owner, firsts


def _windows(blocks: "Floats", owner: "Whole", firsts: "Whole") -> "Floats":
    """Return the best of each block and the three behind it of the same candidate: of two, then of two such."""
    import numpy as np

    last = np.append(firsts[1:], len(blocks))[owner] - 1
    place = np.arange(len(blocks))
    two = np.maximum(blocks, blocks[np.minimum(place + 1, last)])
    four: Floats = np.maximum(two, two[np.minimum(place + 2, last)])
    return four
