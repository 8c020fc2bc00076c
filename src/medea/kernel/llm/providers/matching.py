"""Which of a few short texts a question is about: lexical, in any language, in microseconds.

Words are compared by their beginnings, weighted by rarity and length; scripts without spaces are compared by
pairs of characters.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_STEM = 5  # characters: "deliver", "delivery" and "deliveries" meet
_COMMON_WORDS = """
a an and any are as at be been but by can could do does for from had has have how i if in is it its me my no not
of on or our please so tell than that the their them then there they this to us was we were what when where
which who why will with would you your der die das den dem des ein eine einen einem einer und oder aber ist sind
war wie was wo wann wer warum ich du er sie es wir ihr mein meine kann können kannst bitte für mit von zu zum
zur im auf nicht el la los las un una unos y o es son como qué que cuando donde por para con de del mi su puedo
le les une et ou est sont comment quand où pour avec du mon ma mes je tu il elle nous vous puis il che chi come
quando dove per con di mio
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def words(text: str) -> list[str]:
    """Split into comparable units; common words are left out unless there is nothing else."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if _UNSPACED.search(word):
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        else:
            found.append(word)
    telling = [_stem(word) for word in found if word not in _COMMON]
    return telling or [_stem(word) for word in found]


def _stem(word: str) -> str:
    """Cut a word to its beginning, without the plural's s."""
    return (word[:-1] if len(word) > 3 and word[-1] == "s" else word)[:_STEM]


class Matcher:
    """Finds the best of a fixed set of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._sets = [frozenset(words(text)) for text in texts]
        self._seen = Counter(word for words_ in self._sets for word in words_)

    def best(self, question: str) -> tuple[int, float] | None:
        """Return index and score (0..1) of the best text, the first of equals; None if no word is shared."""
        scores = self.scores(question)
        if not scores:
            return None
        index = max(scores, key=lambda place: (scores[place], -place))
        return index, scores[index]

    def scores(self, question: str) -> dict[int, float]:
        """Return the score (0..1) of every text that shares a word with the question, by index.

        The score is mostly the share of the question's weight that the text covers, and partly the reverse,
        so that of two texts that cover it the more specific one wins.
        """
        asked = frozenset(words(question))
        total = sum(map(self._weight, asked))
        found: dict[int, float] = {}
        for index, candidate in enumerate(self._sets):
            if shared := sum(map(self._weight, asked & candidate)):
                found[index] = 0.7 * shared / total + 0.3 * shared / sum(map(self._weight, candidate))
        return found

    def _weight(self, word: str) -> float:
        return math.log(1 + (len(self._sets) + 1) / (self._seen[word] + 0.5)) * min(len(word), 4)
