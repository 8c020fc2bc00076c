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


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language a text is mostly in; None where nothing tells."""
    sample = text[:_SAMPLE].casefold()
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
    total = sum(words.values())
    best, share = None, 0.0
    for language, small in STOP_WORDS.items():
        if language in {"ru", "ar", "el", "hi"}:
            continue
        found = sum(words[word] for word in small if len(word) > 1) / max(total, 1)
        if found > share:
            best, share = language, found
    return best if share >= _ENOUGH else None
