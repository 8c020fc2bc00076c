"""What a turn was given to answer from, and how its reply stands on it."""

from dataclasses import dataclass

import msgspec

from medea.kernel.ids import TurnId
from medea.kernel.llm.sources import Source, Sources
from medea.modules.agents.facade import Retrieval
from medea.modules.conversations.log import CitedPassage, ContextRetrieved, Grounding, RetrievedPassage
from medea.modules.knowledge import facade as knowledge


@dataclass(frozen=True, slots=True)
class Ground:
    """What a turn was given to answer from.

    Attributes:
        retrieval: how the agent wants it.
        query: what was searched for.
        result: the passages, best first.
        shown: the same as readers of the reply see them.
    """

    retrieval: Retrieval
    query: str
    result: knowledge.SearchResult
    shown: tuple[CitedPassage, ...]

    def sources(self) -> Sources:
        """Return what the model is shown."""
        found = [
            Source(number, passage.document_name, passage.text, _place(passage))
            for number, passage in enumerate(self.result.passages, 1)
        ]
        return Sources(found, self.retrieval.when_unanswered, is_cited=self.retrieval.show_sources)

    def event(self, turn: TurnId) -> ContextRetrieved:
        """Return what the log keeps of it."""
        return ContextRetrieved(
            turn_id=turn,
            query=self.query,
            mode=self.result.mode,
            passages=tuple(_recorded(number, passage) for number, passage in enumerate(self.result.passages, 1)),
            notice=self.result.notice,
        )

    def verdict(self, text: str) -> Grounding:
        """Hold the whole reply against the passages."""
        support = knowledge.check_support(text, [passage.text for passage in self.result.passages])
        by_number = {passage.n: passage for passage in self.shown}
        cited = [(by_number[found.number], found.quote) for found in support.citations if found.number in by_number]
        return Grounding(
            cited=tuple(msgspec.structs.replace(passage, quote=quote) for passage, quote in cited),
            supported=support.supported,
            unsupported=support.unsupported,
            is_answered=support.is_answer,
        )


def _place(passage: knowledge.Passage) -> str:
    page = f"page {passage.page}" if passage.page is not None else ""
    return ", ".join(part for part in (" › ".join(passage.heading_path), page) if part)


def _recorded(number: int, passage: knowledge.Passage) -> RetrievedPassage:
    return RetrievedPassage(
        n=number,
        chunk_id=str(passage.chunk_id),
        document_id=str(passage.document_id),
        document_name=passage.document_name,
        kind=passage.kind,
        text=passage.text,
        score=passage.score,
        scores=dict(passage.scores),
        page=passage.page,
        heading_path=passage.heading_path,
    )
