"""What counts as a statement, and what that changes in the order."""

import numpy as np
import pytest

from medea.modules.knowledge.index.analysis import analyse_query
from medea.modules.knowledge.retrieval import ranking
from medea.modules.knowledge.retrieval.asking import is_statement
from tests.modules.knowledge.test_retrieval_ranking import asked, packed, row


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cold exposure reduces fat tissue.", True),
        ("  The parcel was never delivered.  ", True),
        ("He said that the parcel never arrived (twice).", True),
        ("包裹一直没有送到客户手中。", True),
        ("Does cold exposure reduce fat tissue?", False),
        ("cold exposure fat tissue", False),
        ("Cold exposure reduces fat tissue", False),
        ("Tell me about the fat tissue of bears.", False),
        ("I would like to know where my parcel is now.", False),
        ("The parcel, the shop, the money...", False),
        ("Where is it? My parcel never arrived.", False),
        ("Parcel U.S.", False),
        ("", False),
        (".", False),
    ],
)
def test_what_asks_nothing_is_a_statement(text: str, expected: bool) -> None:
    assert is_statement(text, len(analyse_query(text, ["en"]))) is expected


def test_of_statements_single_words_count_less_and_words_alike_not_at_all() -> None:
    known = frozenset({"en"})
    rows = [row(terms=packed(1, 2), cosine=0.5, lexical=0.6), row(terms=packed(1, 9, 9, 9, 2), cosine=0.6, lexical=0.9)]

    def scores(late: np.ndarray | None, *, is_statement: bool) -> list[float]:
        found = ranking.scores(asked(1, 2), rows, late, is_stretched=False, languages=known, is_statement=is_statement)
        return [float(score) for score in found]

    near, far = scores(None, is_statement=False)
    assert near > far, "a question's words stand together"
    near, far = scores(None, is_statement=True)
    assert near < far, "a statement's meaning and words are closer"
    alike = np.array([[1.0, 1.0], [0.0, 0.0]], np.float32)
    assert scores(alike, is_statement=True) == [near, far]
