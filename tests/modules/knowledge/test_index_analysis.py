"""Text to terms: laws of the analyser, and languages told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.modules.knowledge.index.analysis import NO_TERM, analyse, analyse_query, says_something
from medea.modules.knowledge.index.languages import detect_language

LANGUAGES = st.sampled_from(["en", "de", "ru", "ar", "zh", "th", "tr", "xx", None])


@given(st.text(max_size=300), LANGUAGES)
def test_terms_fit_four_bytes_and_are_never_the_stop_mark(text: str, language: str | None) -> None:
    terms = analyse(text, language)
    assert all(-(1 << 31) <= term < 1 << 31 for term in terms)
    assert NO_TERM not in terms
    assert analyse(text, language) == terms


@given(st.text(max_size=200), LANGUAGES)
def test_a_question_finds_the_text_that_it_is(text: str, language: str | None) -> None:
    asked = analyse_query(text, [language])
    assert {term for of_word in asked for term in of_word} == set(analyse(text, language))
    assert len(set(asked)) == len(asked)


@given(st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=8), max_size=20))
def test_case_and_spaces_do_not_matter(words: list[str]) -> None:
    assert analyse(" ".join(words), "en") == analyse("  -  ".join(word.upper() for word in words), "en")


@given(st.text(max_size=60), st.text(max_size=60), LANGUAGES)
def test_texts_apart_are_analysed_apart(first: str, second: str, language: str | None) -> None:
    assert analyse(f"{first} {second}", language) == analyse(first, language) + analyse(second, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "running dogs", "run dog"),
        ("de", "Häuser", "haus HÄUSERN"),
        ("es", "canciones", "canción"),
        ("ru", "книги", "книга"),
        ("en", "ﬁle ＷＩＤＥ", "file wide"),
    ],
)
def test_forms_of_a_word_are_one_term(language: str, one: str, other: str) -> None:
    assert set(analyse(one, language)) & set(analyse(other, language))


def test_small_words_are_left_out_of_texts_and_questions() -> None:
    assert analyse("the cat and the dog", "en") == analyse("cat dog", "en")
    assert analyse_query("What is the cat?", ["en"]) == analyse_query("cat", ["en"])
    assert not says_something("which", "en")
    assert not says_something("?!", "en")


def test_small_words_of_a_question_are_those_of_its_language() -> None:
    """In a base with both languages `die` is a word of an English question and none of a German one."""
    assert len(analyse_query("die", ["en", "de"])) == 1
    assert analyse_query("die", ["de", "en"]) == []
    (house,) = analyse_query("houses", ["en", "de"])
    assert set(analyse("house", "en")) <= set(house)


def test_scripts_without_spaces_are_cut_into_overlapping_pieces() -> None:
    assert len(analyse("东京大学", "zh")) == 3
    assert set(analyse("东京", "zh")) < set(analyse("东京大学", "zh"))
    assert len(analyse("ภาษาไทย", "th")) == 5
    assert len(analyse("iPhone手机", "zh")) == 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The parcel is on its way to you and should arrive soon.", "en"),
        ("Das Paket ist auf dem Weg zu Ihnen und sollte bald da sein.", "de"),
        ("El paquete está en camino y debería llegar a su casa pronto.", "es"),
        ("Le colis est en route et devrait arriver chez vous bientôt.", "fr"),
        ("Il pacco è in viaggio e dovrebbe arrivare presto da voi.", "it"),
        ("Посылка уже в пути и скоро будет у вас.", "ru"),
        ("Посилка вже в дорозі і скоро буде у вас, її привезуть.", "uk"),
        ("包裹正在路上,很快就会到达。", "zh"),
        ("荷物は配送中です。まもなく届きます。", "ja"),
        ("소포가 배송 중이며 곧 도착합니다.", "ko"),
        ("الطرد في الطريق إليك وسيصل قريبا.", "ar"),
        ("Το δέμα είναι καθ' οδόν και θα φτάσει σύντομα.", "el"),
        ("12345 67.8 !!", None),
        ("", None),
    ],
)
def test_languages_are_told_apart(text: str, language: str | None) -> None:
    assert detect_language(text) == language
