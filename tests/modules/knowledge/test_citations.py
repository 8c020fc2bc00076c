"""Holding an answer against the passages it was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.modules.knowledge.citations import check_support, find_quote

RETURNS = (
    "Boots can be returned within thirty days of purchase. Worn boots are excluded from returns. "
    "Refunds are paid within 14 days."
)
SHIPPING = "We ship to Norway on Mondays. Parcels take four days to arrive."
PASSAGES = (RETURNS, SHIPPING)


def unsupported(answer: str) -> list[str]:
    support = check_support(answer, PASSAGES)
    units = answer.encode("utf-16-le")
    return [units[2 * start : 2 * end].decode("utf-16-le") for start, end in support.unsupported]


def test_a_supported_sentence_quotes_the_place_word_for_word() -> None:
    support = check_support(
        "You can return boots within thirty days of purchase [1]. Norway ships Mondays [2].", PASSAGES
    )
    assert (support.supported, support.unsupported) == (1.0, ())
    assert [(c.number, c.quote) for c in support.citations] == [
        (1, "Boots can be returned within thirty days of purchase."),
        (2, "We ship to Norway on Mondays."),
    ]
    for citation in support.citations:
        assert PASSAGES[citation.number - 1][citation.char_from : citation.char_to] == citation.quote


@pytest.mark.parametrize("place", ["within 14 days [1].", "within 14 days. [1]", "within 14 days.[1]"])
def test_marks_before_and_after_the_stop_belong_to_the_sentence(place: str) -> None:
    support = check_support(f"Refunds are paid {place} Parcels take four days to arrive [2].", PASSAGES)
    assert [citation.number for citation in support.citations] == [1, 2]


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ("Refunds are paid within 30 days [1].", ["Refunds are paid within 30 days [1]."]),
        ("We ship to Norway on Mondays [1].", ["We ship to Norway on Mondays [1]."]),
        ("We ship to Norway on Mondays [7].", ["We ship to Norway on Mondays [7]."]),
        (
            "🙂 Parcels take four days to arrive. Gift wrapping costs nothing extra.",
            ["Gift wrapping costs nothing extra."],
        ),
        ("- Worn boots are excluded [1]\n- Boots come with free laces", ["Boots come with free laces"]),
    ],
)
def test_what_was_made_up_or_cited_from_the_wrong_place_is_marked(answer: str, missing: list[str]) -> None:
    assert unsupported(answer) == missing


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Hello!",
        "Hello! How can I help you with your order today?",
        "I could not find anything about gift cards in our documents.",
        "Dazu habe ich in den Unterlagen leider keine Informationen gefunden.",
        "```python\nprint('gift cards are sold in every shop')\n```",
        "*Quoted by the built-in offline model from documents.*",
    ],
)
def test_what_claims_nothing_needs_no_support(answer: str) -> None:
    support = check_support(answer, PASSAGES)
    assert (support.supported, support.unsupported, support.citations) == (None, (), ())
    assert support.is_answer is not support.says_not_found


@pytest.mark.parametrize(
    ("answer", "is_answer"),
    [
        ("Hello! How can I help you?", True),
        ("I could not find anything about gift cards.", False),
        ("We sell gift cards of every size in every shop.", False),
        ("Boots can be returned within thirty days [1]. I found nothing about gift cards.", True),
    ],
)
def test_an_answer_that_stands_on_nothing_is_none(answer: str, is_answer: bool) -> None:
    assert check_support(answer, PASSAGES).is_answer is is_answer


def test_an_answer_in_another_language_is_not_checked_but_keeps_its_citations() -> None:
    answer = "Stiefel können innerhalb von dreißig Tagen nach dem Kauf zurückgegeben werden, und das ist sicher [1]."
    support = check_support(answer, PASSAGES)
    assert (support.supported, support.unsupported) == (None, ())
    assert [citation.number for citation in support.citations] == [1]


@pytest.mark.parametrize("piece", ["[1]", "[1] ", " ", ". ", "a.[1]", "`", "```", "*", "\n", "keine a ", "1,", "。"])
def test_no_text_takes_more_than_its_length(piece: str) -> None:
    check_support(piece * (200_000 // len(piece)), [RETURNS, piece * 300])  # or this test does not end


def test_a_quote_for_a_question_is_the_stretch_that_fits_it() -> None:
    assert find_quote("how long do parcels take", SHIPPING).quote == "Parcels take four days to arrive."
    assert find_quote("天気はどうですか", SHIPPING).quote == SHIPPING


@given(st.text(), st.lists(st.text(min_size=1), max_size=4))
def test_whatever_the_texts_quotes_are_verbatim_and_ranges_are_inside(answer: str, passages: list[str]) -> None:
    support = check_support(answer, passages)
    for citation in support.citations:
        assert passages[citation.number - 1][citation.char_from : citation.char_to] == citation.quote
    length = len(answer.encode("utf-16-le", "surrogatepass")) // 2
    assert all(0 <= start < end <= length for start, end in support.unsupported)
    assert support.supported is None or 0 <= support.supported <= 1


@given(st.lists(st.sampled_from(RETURNS.split(". ")), min_size=1, max_size=3, unique=True))
def test_sentences_of_a_passage_are_supported_by_it(sentences: list[str]) -> None:
    support = check_support(" ".join(f"{sentence.rstrip('.')} [1]." for sentence in sentences), PASSAGES)
    assert support.supported == 1.0
