"""The second stage: candidates in their final order, with a score that means the same for every question.

The score is a logistic of weighed features: how likely the candidate answers. Weights were fitted, one set for
each kind of evidence that a candidate may have, on questions and passages of the public benchmark, with whole
articles left out in turn to see that they carry over; those of statements on claims (`docs/benchmarks.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from medea.modules.knowledge.retrieval.features import Asked, measure

if TYPE_CHECKING:  # numpy comes with the first search
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """Of cosine, BM25 (share of the best), `features.NAMES`, words' similarity (all, best window), and a constant."""

    cosine: float
    lexical: float
    features: tuple[float, float, float, float]
    late: tuple[float, float]
    constant: float


BY_WORDS = Weights(0.0, 3.99, (3.76, 1.49, 2.29, 2.46), (0.0, 0.0), -9.74)
WITH_VECTORS = Weights(7.64, 0.70, (2.59, 2.84, 2.54, 1.81), (0.0, 0.0), -10.87)
WITH_WORD_VECTORS = Weights(4.93, 0.32, (1.52, 1.97, 2.52, 1.25), (2.77, 6.99), -14.3)
OF_STATEMENTS = Weights(8.5, 2.3, (1.7, 1.9, 1.7, 1.2), (0.0, 0.0), -10.8)
"""For what asks nothing: `WITH_VECTORS` drawn to the first stage's mixture, scaled so that scores are as likely."""

USUAL_COSINES = (0.2, 0.65)
"""Between which cosines of the model lie that the weights were fitted with; other models' are stretched to it."""


def scores(
    asked: Asked,
    rows: Sequence[Any],
    late: "Floats | None",
    *,
    is_stretched: bool,
    languages: frozenset[str] | None,
    is_statement: bool = False,
) -> "Floats":
    """Return how likely each candidate answers, 0 to 1.

    Args:
        asked: the words of the question.
        rows: candidates as `search_statement` gives them.
        late: similarity by words as `late.similarity` gives it; None: not wanted.
        is_stretched: cosines are those of another model than the weights were fitted with.
        languages: that the vectors understand; None: all.
        is_statement: nothing is asked, see `asking`.
    """
    import numpy as np

    with_vectors = OF_STATEMENTS if is_statement else WITH_VECTORS
    features = measure(asked, [row["terms"] for row in rows], [row["heading_terms"] for row in rows])
    lexical = np.array([row["lexical"] for row in rows], np.float32)
    cosine = np.array([_cosine(row, languages, is_stretched) for row in rows], np.float32)
    by_words = _logit(BY_WORDS, lexical, features)
    by_vectors = _logit(with_vectors, lexical, features) + with_vectors.cosine * cosine
    logits = np.where(np.isnan(cosine), by_words, by_vectors)
    if late is not None and not is_statement:
        by_word_vectors = _logit(WITH_WORD_VECTORS, lexical, features) + WITH_WORD_VECTORS.cosine * cosine
        by_word_vectors += late @ np.array(WITH_WORD_VECTORS.late, np.float32)
        logits = np.where(np.isnan(by_word_vectors), logits, by_word_vectors)
    found: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
    return found


def _logit(weights: Weights, lexical: "Floats", features: "Floats") -> "Floats":
    import numpy as np

    found: Floats = weights.constant + weights.lexical * lexical + features @ np.array(weights.features, np.float32)
    return found


def _cosine(row: Any, languages: frozenset[str] | None, is_stretched: bool) -> float:
    """Return a candidate's cosine; NaN where it has none, or one that says nothing in its language."""
    if row["cosine"] is None:
        return float("nan")
    if languages is not None and row["language"] is not None and row["language"] not in languages:
        return float("nan")
    if not is_stretched:
        return float(row["cosine"])
    low, high = USUAL_COSINES
    return low + float(row["share"]) * (high - low)
