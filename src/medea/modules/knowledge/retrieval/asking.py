"""Whether a text that is searched for asks something, or states it.

A question leaves out what it asks for, and its words stand close together in the passage that answers. A statement is
about its subject as a whole: passages that deal with it are found by meaning and by all of its words, and where
single words stand says little. An order fitted on questions is worse for statements than no second stage at all
(`docs/benchmarks.md`), hence this.
"""

import regex

_FULL_STOPS = (".", "\u3002", "\uff0e", "\u0964", "\u06d4", "\u0589")
"""Also those of Chinese and Japanese, Hindi, Urdu and Armenian."""
_CLOSING = "\"'\u201d\u2019\u00bb)]}"
_QUESTION_MARKS = regex.compile(r"[?\uff1f\u061f\u037e\u055e]")
"""Also those of Chinese and Japanese, Arabic, Greek and Armenian."""
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_ASKING = frozenset(["how", "what", "when", "where", "whether", "which", "who", "whom", "whose", "why"])
_BIDDING = frozenset(["describe", "explain", "find", "give", "help", "list", "name", "please", "show", "tell"])
_FEWEST = 3


def is_statement(text: str, words: int) -> bool:
    """Tell whether a text states something: a sentence with a full stop that neither asks nor bids, in English words.

    Whatever is in doubt counts as a question: keywords, sentences without a full stop, "tell me how it works.".

    Args:
        text: what is searched for.
        words: how many of its words say something.
    """
    bare = text.rstrip().rstrip(_CLOSING)
    if words < _FEWEST or not bare.endswith(_FULL_STOPS) or bare.endswith("..") or _QUESTION_MARKS.search(text):
        return False
    found = _WORD.findall(text.casefold())
    return bool(found) and found[0] not in _BIDDING and _ASKING.isdisjoint(found)
