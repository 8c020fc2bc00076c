"""The rules of an agent, made ready for turns."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from medea.kernel.guardrails.links import Links
from medea.kernel.guardrails.patterns import Pattern, Terms
from medea.kernel.guardrails.redaction import Redactor
from medea.kernel.guardrails.rules import Guardrails
from medea.kernel.guardrails.sentences import Sentences


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is not put before the model.

    Attributes:
        rule: `input.max_chars`, `blocked.terms`, `blocked.patterns` or `topics`.
        name: which term, pattern or topic; may be empty.
        reply: what is answered.
    """

    rule: str
    name: str
    reply: str


class Guards:
    """What an agent's rules do to texts.

    Args:
        rules: of the agent.

    Raises:
        PatternRefusedError: a pattern is none.
    """

    __slots__ = ("_patterns", "_terms", "rules")

    def __init__(self, rules: Guardrails) -> None:
        self.rules = rules
        blocked = rules.blocked
        self._terms = Terms(blocked.terms) if blocked.terms else None
        self._patterns = tuple((named.name, Pattern(named.pattern)) for named in blocked.patterns)

    def find_refusal(self, text: str) -> Refusal | None:
        """Return why a message is refused for its length or its words; None: it is not."""
        return next(self.find_refusals(text), None)

    def find_refusals(self, text: str) -> Iterator[Refusal]:
        """Yield every such reason; the first counts."""
        given, blocked = self.rules.input, self.rules.blocked
        if given.max_chars is not None and len(text) > given.max_chars:
            yield Refusal("input.max_chars", "", given.reply)
        if not blocked.in_prompts:
            return
        if self._terms is not None and (term := self._terms.find(text)) is not None:
            yield Refusal("blocked.terms", term, blocked.reply)
        for name, pattern in self._patterns:
            if pattern.is_in(text):
                yield Refusal("blocked.patterns", name, blocked.reply)

    def redactor(
        self,
        known: Mapping[str, str] | None = None,
        last: Mapping[str, int] | None = None,
        *,
        also_allowed: Iterable[str] = (),
    ) -> Redactor | None:
        """Return what hides personal data; None where nothing is to be hidden."""
        pii = self.rules.pii
        return Redactor(pii, known, last, also_allowed=also_allowed) if pii.is_on else None

    def links(self) -> Links | None:
        """Return what takes out links that lead elsewhere; None where they may lead anywhere."""
        return Links(self.rules.links.hosts) if self.rules.links.only_listed else None

    def sentences(self, hides: Redactor | None) -> Sentences | None:
        """Return what holds an answer against the rules; None where there are none for answers.

        Args:
            hides: personal data in the answer, where the rules want that.
        """
        is_blocked = self.rules.blocked.in_answers and (self._terms is not None or bool(self._patterns))
        hides = hides if self.rules.pii.in_answers else None
        asking = self.rules.approval.answers
        holds_all = asking in {"unsupported", "all"}
        if not is_blocked and hides is None and not holds_all:
            return None
        terms, patterns = (self._terms, self._patterns) if is_blocked else (None, ())
        return Sentences(terms, patterns, hides, holds="all" if holds_all else None if asking == "off" else "rest")


@lru_cache(maxsize=32)
def guards_of(rules: Guardrails) -> Guards | None:
    """Return the rules made ready; None where nothing is switched on.

    Raises:
        PatternRefusedError: a pattern is none.
    """
    return None if is_off(rules) else Guards(rules)


def is_off(rules: Guardrails) -> bool:
    """Say whether the rules change nothing: sentences may be set all the same."""
    return (
        (rules.input.max_chars, rules.input.per_minute) == (None, None)
        and not (rules.topics.allowed or rules.topics.forbidden)
        and not (rules.blocked.terms or rules.blocked.patterns)
        and not rules.pii.is_on
        and not rules.links.only_listed
        and rules.approval.answers in {"off", "flagged"}
    )
