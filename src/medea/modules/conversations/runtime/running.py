"""What the parts of the runtime hand to each other: the job of a turn, and the turn while it runs."""

import time
from dataclasses import dataclass, field

from medea.kernel.ids import AgentId, ConversationId, TurnId
from medea.kernel.llm.messages import ModelRequest
from medea.kernel.streams.base import StreamWriter
from medea.modules.conversations.calls import Turn


@dataclass(frozen=True, slots=True)
class TurnJob:
    """What the job says that it runs.

    Attributes:
        agent_id: who answers; named here so that it can be read before the transaction begins.
        is_draft: its draft, not its published version.
    """

    conversation: ConversationId
    turn_id: TurnId
    agent_id: AgentId
    is_draft: bool


@dataclass(slots=True)
class Running:
    """A turn between its begin and its end.

    Attributes:
        end_user: the visitor who waits for it, if there is one.
    """

    job: TurnJob
    turn: Turn
    attempt: int
    request: ModelRequest | None
    writer: StreamWriter
    end_user: str | None = None
    started: float = field(default_factory=time.perf_counter)
    first_token: float | None = None
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self.parts)
