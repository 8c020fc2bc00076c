"""What is measured of candidates beyond cosine and BM25: how the question's words stand in them.

Works on the stored terms, all candidates at once. Shares are of the question's whole idf, so they mean the same
for every question: 1 is "everything that was asked for is there".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy comes with the first search
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Whole = npt.NDArray[np.int64]

WINDOW = 24
"""Terms, stop words not counted: about forty words."""
_NEAR = 2
_APART = 1 << 20
"""Between the places of two candidates, so that nothing reaches over."""
_SATURATION = 0.9

NAMES = ("window", "coverage", "proximity", "phrase")


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question.

    Attributes:
        words: each word's terms, in their order.
        weights: idf of each word, as the index has it.
    """

    words: Sequence[tuple[int, ...]]
    weights: Sequence[float]

    @classmethod
    def of(cls, words: Sequence[tuple[int, ...]], idf: Mapping[int, float], unknown: float) -> "Asked":
        """Weigh a question's words: `unknown` is the idf of what is nowhere."""
        return cls(words, [max((idf[term] for term in terms if term in idf), default=unknown) for terms in words])


@dataclass(frozen=True, slots=True)
class _Hits:
    """Where the question's words stand: parallel arrays, by candidate and place.

    Attributes:
        owner: number of the candidate.
        place: in all candidates' bodies, far apart; -1 in headings.
        word: number of the question's word.
    """

    owner: "Whole"
    place: "Whole"
    word: "Whole"


def measure(asked: Asked, terms: Sequence[bytes], headings: Sequence[int]) -> "Floats":
    """Return a row of `NAMES` for each candidate.

    - window: BM25's saturated sum in the best window of the body;
    - coverage: of the words that are there at all, headings included;
    - proximity: of pairs of neighbours in the question that stand within two places of each other;
    - phrase: of those that stand one behind the other.

    Args:
        asked: the question.
        terms: of each candidate, as stored.
        headings: how many of them are the headings'.
    """
    import numpy as np

    found = np.zeros((len(terms), len(NAMES)), np.float32)
    weights = np.array(asked.weights, np.float64)
    total = float(weights.sum())
    if total <= 0 or not len(terms):
        return found
    hits = _find_hits(asked, terms, headings)
    if not len(hits.owner):
        return found
    present = np.zeros((len(terms), len(weights)), bool)
    present[hits.owner, hits.word] = True
    found[:, 1] = present @ weights / total
    body = _Hits(*(column[hits.place >= 0] for column in (hits.owner, hits.place, hits.word)))
    found[:, 0] = _best_window(body, weights, len(terms)) / total
    near, behind = _pairs(body, weights, len(terms))
    found[:, 2] = near / total
    found[:, 3] = behind / total
    return found


def _find_hits(asked: Asked, terms: Sequence[bytes], headings: Sequence[int]) -> _Hits:
    import numpy as np

    flat = [(term, number) for number, of_word in enumerate(asked.words) for term in of_word]
    wanted = np.array([term for term, _ in flat], np.int32)
    order = np.argsort(wanted)
    wanted, words = wanted[order], np.array([number for _, number in flat])[order]
    stored = np.frombuffer(b"".join(terms), np.int32)
    lengths = np.array([len(of_chunk) // 4 for of_chunk in terms])
    slots = np.minimum(np.searchsorted(wanted, stored), len(wanted) - 1)
    at = np.flatnonzero(wanted[slots] == stored)
    ends = np.cumsum(lengths)
    owner = np.searchsorted(ends, at, side="right")
    inside = at - (ends - lengths)[owner] - np.array(headings)[owner]
    place = np.where(inside >= 0, inside + owner * _APART, -1)
    return _Hits(owner, place, words[slots[at]])


def _best_window(hits: _Hits, weights: "npt.NDArray[np.float64]", count: int) -> "npt.NDArray[np.float64]":
    import numpy as np

    best = np.zeros(count)
    if len(hits.owner):
        one = np.zeros((len(hits.owner) + 1, len(weights)))
        one[np.arange(1, len(hits.owner) + 1), hits.word] = 1
        until = np.cumsum(one, axis=0)
        last = np.searchsorted(hits.place, hits.place + WINDOW)
        inside = until[last] - until[: len(hits.owner)]
        sums = (inside * (1 + _SATURATION) / (inside + _SATURATION)) @ weights
        np.maximum.at(best, hits.owner, sums)
    return best


def _pairs(
    hits: _Hits, weights: "npt.NDArray[np.float64]", count: int
) -> "tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]":
    import numpy as np

    near, behind = np.zeros(count), np.zeros(count)
    places = [np.flatnonzero(hits.word == number) for number in range(len(weights))]
    for number, (first, second) in enumerate(pairwise(places)):
        if not len(first) or not len(second):
            continue
        weight = min(weights[number], weights[number + 1])
        here, there = hits.place[first], hits.place[second]
        after = np.searchsorted(there, here)
        following = there[np.minimum(after, len(there) - 1)] - here
        previous = here - there[np.maximum(after - 1, 0)]
        is_behind = following == 1
        is_near = ((following >= 0) & (following <= _NEAR)) | ((previous >= 0) & (previous <= _NEAR))
        near[np.unique(hits.owner[first[is_near]])] += weight
        behind[np.unique(hits.owner[first[is_behind]])] += weight
    return near, behind
