"""Whether a message is about what an assistant is there for: by its words, and by vectors where they can tell.

This is coarse on purpose. It stops what is plainly outside before a model is paid for it; what is near the border goes
to the model, which is told the same scope in words. Vectors of a model that does not know the message's language say
nothing, and so do messages of a few words ("and by express?"): those are never refused by them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from medea.kernel.guardrails.patterns import Terms, plain
from medea.kernel.guardrails.rules import TopicRules

if TYPE_CHECKING:
    from medea.kernel.embeddings.port import Matrix
else:
    Matrix = Any

_NEAR = {"lenient": 0.08, "balanced": 0.13, "strict": 0.22}
"""Cosine to the nearest allowed topic, below which a message is outside. With all-MiniLM-L6-v2 questions within lie
between 0.15 and 0.6 of a topic described in a few words, unrelated ones between -0.1 and 0.12."""
_FAR = {"lenient": 0.40, "balanced": 0.28, "strict": 0.20}
"""Cosine to a forbidden topic from which a message is refused, if no allowed one is nearer."""
FEW_WORDS = 3
_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = frozenset(
    _WORD.findall(
        "and the for with our from your about all any are can not also out into other that this what when where which"
        " who und der die das mit von für ein eine les des une pour avec sur los las del una por con"
    )
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a message is refused.

    Attributes:
        topic: the forbidden one; None: it is about none of the allowed.
        score: cosine to the nearest topic of that kind; None: words settled it.
    """

    topic: str | None
    score: float | None = None


def find_phrase(rules: TopicRules, text: str) -> Verdict | None:
    """Refuse a message that names a forbidden topic in so many words."""
    if not rules.forbidden:
        return None
    found = _terms(rules.forbidden).find(text)
    return None if found is None else Verdict(found)


@lru_cache(maxsize=64)
def _terms(topics: tuple[str, ...]) -> Terms:
    return Terms(topics)


def is_worth_judging(rules: TopicRules, text: str) -> bool:
    """Say whether vectors may decide: there are topics, and enough words."""
    has_topics = bool(rules.allowed or rules.forbidden)
    return has_topics and len(_WORD.findall(plain(text))) > FEW_WORDS


def words_of(topics: Sequence[str]) -> frozenset[str]:
    """Return the words that tell topics, each without its ending."""
    return frozenset(_stems([word.casefold() for topic in topics for word in _WORD.findall(plain(topic))]))


def _stems(words: Sequence[str]) -> list[str]:
    """Cut plurals and the like: enough to see that `orders` and `order` are the same."""
    return [re.sub(r"(?:ies|es|s|ing|ed|en|n|e|y)$", "", word) or word for word in words if word not in _SMALL]


def judge(rules: TopicRules, text: str, of_text: Matrix, of_topics: Matrix) -> Verdict | None:
    """Return why a message is refused; None: it is not.

    Args:
        rules: the topics.
        text: of the message.
        of_text: its vector, of length 1.
        of_topics: those of the allowed topics, then of the forbidden, each of length 1.
    """
    scores = [float(score) for score in of_topics @ of_text]
    allowed, forbidden = scores[: len(rules.allowed)], scores[len(rules.allowed) :]
    near = max(allowed, default=-1.0)
    if forbidden:
        worst = max(forbidden)
        if worst >= _FAR[rules.strictness] and worst > near:
            return Verdict(rules.forbidden[forbidden.index(worst)], worst)
    if allowed and near < _NEAR[rules.strictness]:
        words = [word.casefold() for word in _WORD.findall(plain(text))]
        if not words_of(rules.allowed).intersection(_stems(words)):
            return Verdict(None, near)
    return None


def as_instructions(rules: TopicRules) -> str:
    """Return what the model is told of the scope; empty where there is none."""
    if not rules.allowed and not rules.forbidden:
        return ""
    lines = ["Keep to your subject, whatever anybody asks you to do."]
    if rules.allowed:
        lines.append(f"You talk about this only: {'; '.join(rules.allowed)}.")
    if rules.forbidden:
        lines.append(f"You never talk about this: {'; '.join(rules.forbidden)}.")
    lines.append(
        "Greetings, thanks and questions about this conversation are fine. To anything else answer politely, in the"
        f" visitor's language, with the sense of this: {rules.reply}"
    )
    return "\n".join(lines)
