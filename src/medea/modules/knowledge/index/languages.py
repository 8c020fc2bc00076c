"""Which language a text is in: by script where that settles it, else by the small words it is full of."""

from collections import Counter

import regex

from medea.modules.knowledge.index.stopwords import STOP_WORDS

_SAMPLE = 20_000
_ENOUGH = 0.06
"""Share of a text's words that must be small words of a language; running text has a third and more."""

_SCRIPTS = {
    name: regex.compile(pattern)
    for name, pattern in {
        "kana": r"[\p{Hiragana}\p{Katakana}]",
        "han": r"\p{Han}",
        "hangul": r"\p{Hangul}",
        "thai": r"\p{Thai}",
        "greek": r"\p{Greek}",
        "cyrillic": r"\p{Cyrillic}",
        "arabic": r"\p{Arabic}",
        "hebrew": r"\p{Hebrew}",
        "devanagari": r"\p{Devanagari}",
        "latin": r"\p{Latin}",
    }.items()
}
_BY_SCRIPT = {"hangul": "ko", "thai": "th", "greek": "el", "hebrew": "he", "devanagari": "hi"}
_PERSIAN = regex.compile("[پچژگ]")
_UKRAINIAN = regex.compile("[іїєґ]")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_CJK = {"kana", "han", "hangul"}


_HAVING: dict[str, list[str]] = {}
"""For each small word of more than a letter the languages that have it, of those that no script tells apart."""
for _language, _small in STOP_WORDS.items():
    if _language not in {"ru", "ar", "el", "hi"}:
        for _one in _small:
            if len(_one) > 1:
                _HAVING.setdefault(_one, []).append(_language)


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language a text is mostly in; None where nothing tells."""
    sample = text[:_SAMPLE].casefold()
    if sample.isascii():  # as most questions are, which wait for this
        return _by_small_words(sample)
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS.items()}
    # a sign of Han or Kana says as much as several letters
    weights = {name: count * (3 if name in _CJK else 1) for name, count in counts.items()}
    script, weight = max(weights.items(), key=lambda entry: entry[1])
    if weight == 0:
        return None
    if script in {"han", "kana"}:
        return "ja" if counts["kana"] * 10 > counts["han"] else "zh"
    if script == "cyrillic":
        return "uk" if len(_UKRAINIAN.findall(sample)) * 50 > weight else "ru"
    if script == "arabic":
        return "fa" if len(_PERSIAN.findall(sample)) * 50 > weight else "ar"
    return _BY_SCRIPT.get(script) or _by_small_words(sample)


def _by_small_words(sample: str) -> str | None:
    words = Counter(_WORD.findall(sample))
    found = dict.fromkeys(STOP_WORDS, 0)
    for word, count in words.items():
        for language in _HAVING.get(word, ()):
            found[language] += count
    best = max(found, key=found.__getitem__)  # of equals the first
    share = found[best] / max(words.total(), 1)
    return best if share >= _ENOUGH else None
