"""What this module announces to others."""

from medea.kernel.bus.event import event
from medea.kernel.ids import AgentId, ConversationId, MessageId, TurnId


@event("conversations.conversation_started", version=1)
class ConversationStarted:
    """A conversation was opened."""

    conversation_id: ConversationId
    agent_id: AgentId
    channel: str


@event("conversations.turn_completed", version=1)
class TurnCompleted:
    """A reply is whole."""

    conversation_id: ConversationId
    turn_id: TurnId
    agent_id: AgentId
    model: str
    input_tokens: int
    output_tokens: int
    cost_usd: float | None = None


@event("conversations.turn_failed", version=1)
class TurnFailed:
    """A turn ended without a whole reply."""

    conversation_id: ConversationId
    turn_id: TurnId
    agent_id: AgentId
    code: str


@event("conversations.answer_held", version=1)
class AnswerHeld:
    """An answer waits for somebody of the company to look at it."""

    conversation_id: ConversationId
    turn_id: TurnId
    agent_id: AgentId
    reason: str


@event("conversations.question_unanswered", version=1)
class QuestionUnanswered:
    """An agent's documents held no answer to a prompt."""

    conversation_id: ConversationId
    turn_id: TurnId
    agent_id: AgentId
    question: str


@event("conversations.feedback_given", version=1)
class FeedbackGiven:
    """Somebody judged a reply."""

    conversation_id: ConversationId
    message_id: MessageId
    rating: str | None


@event("conversations.handoff_requested", version=1)
class HandoffRequested:
    """The assistant asked for a person to take over."""

    conversation_id: ConversationId
    agent_id: AgentId
    reason: str
