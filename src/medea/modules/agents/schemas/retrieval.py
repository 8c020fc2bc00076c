"""What the assistant answers from."""

from typing import Annotated, Any

import msgspec
from pydantic import Field

from medea.kernel.ids import KnowledgeBaseId
from medea.kernel.web.wire import Text, Wire, WireIn
from medea.modules.agents.config import Retrieval


class RetrievalIn(WireIn):
    """Changes to what the assistant answers from: absent members stay, null ones go back to their default."""

    knowledge_bases: Annotated[list[KnowledgeBaseId], Field(max_length=20)] | None = None
    top_k: Annotated[int, Field(ge=1, le=20, strict=True)] | None = None
    threshold: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    when_unanswered: Annotated[Text, Field(max_length=1000)] | None = Field(
        default=None, description="what to offer where nothing in the knowledge answers"
    )
    show_sources: Annotated[bool, Field(strict=True)] | None = None

    def changes(self) -> dict[str, Any]:
        """Return the members that were sent, null ones as their default."""
        defaults = msgspec.structs.asdict(Retrieval())
        sent = self.model_dump(exclude_unset=True)
        if self.knowledge_bases is not None:
            sent["knowledge_bases"] = tuple(dict.fromkeys(str(base) for base in self.knowledge_bases))
        return {name: defaults[name] if value is None else value for name, value in sent.items()}


class RetrievalRead(Wire):
    """What the assistant answers from."""

    knowledge_bases: list[str]
    top_k: int
    threshold: float | None
    when_unanswered: str
    show_sources: bool
