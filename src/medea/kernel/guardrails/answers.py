"""An answer on its way from the model to its readers, through all rules that concern answers."""

import re
from dataclasses import dataclass, field

from medea.kernel.guardrails.filters import Chain, Filter, Restoring
from medea.kernel.guardrails.guards import Guards
from medea.kernel.guardrails.redaction import Redactor

BETWEEN = "\n\n"
_ENDED = re.compile(r"[.!?\u2026]['\")\]*_\u201d\u2019]{0,3}\s|[\n\u3002\uff01\uff1f]")
_MARK_LENGTH = 4  # of the longest such end, without its white space
_MOST_GATHERED = 200


@dataclass(frozen=True, slots=True)
class Act:
    """What a rule did.

    Attributes:
        rule: `blocked.terms`, `blocked.patterns`, `links` or `pii`.
        action: `withheld`, `held`, `removed` or `hidden`.
        name: of the term or pattern.
        counts: how often, by kind.
    """

    rule: str
    action: str
    name: str = ""
    counts: dict[str, int] = field(default_factory=dict)


class Answer:
    """One piece of an answer, between two calls of tools or whole.

    Args:
        guards: the rules.
        known: what hid personal data in the request: it is the visitor's own, and theirs to see.
        restores: put that data in place of its placeholders.
    """

    __slots__ = (
        "_chain",
        "_guards",
        "_hides",
        "_holds",
        "_links",
        "_raw",
        "_sentences",
        "_was_shown",
        "acts",
        "is_stopped",
    )

    def __init__(self, guards: Guards, known: Redactor | None = None, *, restores: bool = False) -> None:
        own = known.values if known is not None and restores else {}
        restoring = Restoring(known.restore) if known is not None and restores else None
        self._hides = None
        if guards.rules.pii.in_answers:
            self._hides = guards.redactor(last=None if known is None else known.last, also_allowed=own.values())
        self._guards = guards
        self._holds = guards.rules.approval.answers != "off"
        self._links = guards.links()
        self._sentences = guards.sentences(self._hides)
        filters: list[Filter] = [each for each in (restoring, self._links, self._sentences) if each is not None]
        self._chain = Chain(filters)
        self._raw = ""
        self._was_shown = False
        self.is_stopped = False
        self.acts: list[Act] = []

    def feed(self, text: str) -> str:
        """Take a piece and return what may be shown now."""
        if self._sentences is not None and (text := self._gathered(text)) == "":
            return ""
        return self._shown(self._chain.feed(text))

    def _gathered(self, text: str) -> str:
        """Return what came in, where a sentence may end by it: until then no filter has anything to let out."""
        seen = max(0, len(self._raw) - _MARK_LENGTH)
        self._raw += text
        if len(self._raw) < _MOST_GATHERED and not _ENDED.search(self._raw, seen):
            return ""
        text, self._raw = self._raw, ""
        return text

    def end(self) -> str:
        """Return what was held back."""
        raw, self._raw = self._raw, ""
        text = self._shown((self._chain.feed(raw) if raw else "") + self._chain.end())
        if self._links is not None and self._links.removed:
            self.acts.append(Act("links", "removed", counts={"links": self._links.removed}))
            self._links.removed = 0
        if self._hides is not None and self._hides.counts:
            self.acts.append(Act("pii", "hidden", counts=dict(self._hides.counts)))
            self._hides.counts.clear()
        return text

    @property
    def replacement(self) -> str:
        """What stands in place of what is withheld."""
        words = self._guards.rules.blocked.replacement
        return BETWEEN + words if self._was_shown else words

    @property
    def held(self) -> str:
        """What is kept for a person to look at."""
        return "" if self._sentences is None else "".join(self._sentences.kept)

    @property
    def is_withheld(self) -> bool:
        """Whether the rest is lost, and nothing more need be asked of the model."""
        return self.is_stopped and not self._holds

    def take_acts(self) -> list[Act]:
        """Return what rules did and nobody was told yet."""
        taken, self.acts = self.acts, []
        return taken

    def _shown(self, text: str) -> str:
        stopped = None if self._sentences is None else self._sentences.stopped
        if stopped is not None and not self.is_stopped:
            self.is_stopped = True
            self.acts.append(Act(f"blocked.{stopped.rule}", "held" if self._holds else "withheld", stopped.name))
        self._was_shown = self._was_shown or bool(text)
        return text
