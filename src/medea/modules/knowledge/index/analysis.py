"""Text to terms, the same way for what is indexed and what is asked.

NFKC and case folding; runs of letters, marks and digits; Snowball stems by language; stop words left out.
Scripts that set no spaces are cut into overlapping pieces: two signs of Han, Kana and Hangul, three of Thai,
Lao, Khmer and Burmese. A term is the signed 32-bit CRC of its stem, so an index holds four bytes for it; of a
million different stems about a hundred share theirs with another one.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import regex
import Stemmer

from medea.modules.knowledge.index.stopwords import STOP_WORDS

VERSION = 2
"""Raise it when the same text gives other terms: what is stored is then analysed anew at the next indexing."""

_PAIRS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー"
_TRIPLES = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = regex.compile(
    rf"(?V1)(?P<pairs>[{_PAIRS}]+)|(?P<triples>[{_TRIPLES}]+)|[[\p{{L}}\p{{M}}\p{{N}}]--[{_PAIRS}{_TRIPLES}]]+"
)
_LONGEST = 64

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

NO_TERM = 0
"""Stands for a stop word; no stem has it, because the one whose CRC it were is given another."""


def analyse(text: str, language: str | None) -> list[int]:
    """Return the terms of a text in their order, stop words left out.

    Args:
        text: any.
        language: ISO 639-1. One without rules here stems nothing; None, a text too short to tell, is taken for
            English, which does names and numbers no harm.
    """
    terms: list[int] = []
    for found in _TOKEN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        token = found.group()
        if found.lastgroup is None:
            term = _term(token[:_LONGEST], language)
            if term != NO_TERM:
                terms.append(term)
        else:
            terms += _pieces(token, 2 if found.lastgroup == "pairs" else 3)
    return terms


def analyse_query(text: str, languages: Sequence[str | None]) -> list[tuple[int, ...]]:
    """Return what to look for: for each word of a question its terms, one for each language that stems it otherwise.

    What is a stop word in the first language is left out, what is one in another is left out for that one; words
    that come twice are there once.

    Args:
        text: the question.
        languages: of the texts to be searched, that of the question first.
    """
    words: dict[tuple[int, ...], None] = {}
    for found in _TOKEN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        token = found.group()
        if found.lastgroup is None:
            terms = dict.fromkeys(_term(token[:_LONGEST], language) for language in languages or (None,))
            if next(iter(terms)) != NO_TERM:
                terms.pop(NO_TERM, None)
                words[tuple(terms)] = None
        else:
            for piece in _pieces(token, 2 if found.lastgroup == "pairs" else 3):
                words[piece,] = None
    return list(words)


def says_something(word: str, language: str | None) -> bool:
    """Tell whether a word is one that an index would hold."""
    return bool(analyse(word, language))


def _pieces(token: str, size: int) -> list[int]:
    if len(token) <= size:
        return [_hash(token)]
    return [_hash(token[place : place + size]) for place in range(len(token) - size + 1)]


@lru_cache(maxsize=200_000)
def _term(token: str, language: str | None) -> int:
    language = language or "en"
    if token in STOP_WORDS.get(language, ()):
        return NO_TERM
    name = _STEMMERS.get(language)
    stem = _stemmer(name).stemWord(token) if name else token
    return _hash(stem)


@lru_cache(maxsize=100_000)
def _hash(stem: str) -> int:
    value = crc32(stem.encode())
    return (value - (1 << 32) if value >= 1 << 31 else value) or 1


@lru_cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name, 0)  # it keeps nothing: `_term` does
