"""What the parts of the runtime hand to each other: the job of a turn, and the turn while it runs."""

import time
from dataclasses import dataclass, field

from medea.kernel.ids import AgentId, ConversationId, TurnId
from medea.kernel.llm.messages import ModelRequest
from medea.kernel.streams.base import StreamWriter
from medea.modules.agents.facade import Fallback, Retrieval
from medea.modules.conversations.activity import Activity, Spoken
from medea.modules.conversations.calls import Turn
from medea.modules.conversations.log import ModelFellBack
from medea.modules.conversations.runtime.ground import Ground
from medea.modules.conversations.runtime.guarding import Guard
from medea.modules.conversations.runtime.toolbox import NO_TOOLS, Toolbox
from medea.modules.conversations.streaming import RUNNING, TextPart, activity_frames, count_texts


@dataclass(frozen=True, slots=True)
class TurnJob:
    """What the job says that it runs.

    Attributes:
        agent_id: who answers; named here so that it can be read before the transaction begins.
        is_draft: its draft, not its published version.
        base: attempts that earlier jobs made at this turn, before it waited for the visitor.
    """

    conversation: ConversationId
    turn_id: TurnId
    agent_id: AgentId
    is_draft: bool
    base: int = 0


@dataclass(slots=True)
class Running:
    """A turn between its begin and its end.

    Attributes:
        turn: as it was when this attempt began.
        request: the model's first one; None where there is no agent any more.
        end_user: the visitor who waits for it, if there is one.
        retrieval: what the agent answers from.
        ground: what was found there, once it was searched.
        fallbacks: the models behind the agent's own.
        place: of the model that answers: 0 is the agent's own.
        moves: from model to model, that the log does not hold yet.
        parts: texts, in order.
        tools: what the agent may use.
        activity: the steps so far, those of earlier attempts included.
        steps: how many of them.
        input_tokens, output_tokens, cost_usd: what they took.
        guard: the agent's guardrails at work; None where it has none.
        texts: pieces of text begun so far.
        open_text: the piece that is being written.
    """

    job: TurnJob
    turn: Turn
    attempt: int
    request: ModelRequest | None
    writer: StreamWriter
    end_user: str | None = None
    retrieval: Retrieval | None = None
    ground: Ground | None = None
    started: float = field(default_factory=time.perf_counter)
    first_token: float | None = None
    fallbacks: tuple[Fallback, ...] = ()
    place: int = 0
    moves: list[ModelFellBack] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    tools: Toolbox = NO_TOOLS
    activity: Activity = ()
    steps: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    guard: Guard | None = None
    texts: int = 0
    open_text: TextPart | None = None

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self.parts)

    def take_moves(self) -> tuple[ModelFellBack, ...]:
        """Return what the log does not hold yet; it is about to."""
        taken, self.moves = tuple(self.moves), []
        return taken

    def begin_text(self) -> TextPart:
        """Begin another piece of text."""
        self.texts += 1
        self.open_text = TextPart(self.texts)
        return self.open_text

    def end_text(self) -> list[bytes]:
        """Return the frame that ends the open piece of text, if there is one."""
        part, self.open_text = self.open_text, None
        return [] if part is None else [part.end]

    def take_over(self, activity: Activity) -> None:
        """Go on with what earlier attempts did: the readers are told all of it again, nothing is done again."""
        turn = self.turn
        self.activity = activity
        self.parts = [part.text for part in activity if isinstance(part, Spoken) and part.is_shown]
        self.texts = count_texts(activity)
        self.steps, self.cost_usd = turn.steps, turn.cost_usd
        self.input_tokens, self.output_tokens = turn.input_tokens, turn.output_tokens
        told = activity_frames(activity, then="open" if turn.calls else "next")
        self.writer.append([*told, RUNNING])

    def spend(self, *, input_tokens: int, output_tokens: int, cost_usd: float | None) -> None:
        """Add what a call of the model took."""
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens
        if cost_usd is not None:
            self.cost_usd = (self.cost_usd or 0.0) + cost_usd
