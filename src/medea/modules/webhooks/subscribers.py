"""What happens elsewhere and may be told: a job is written only where a webhook may want it."""

from typing import Any

from medea.kernel.bus.task import Subscription, subscribe
from medea.kernel.context import Context
from medea.kernel.ids import Id
from medea.modules.agents.events import AgentPublished
from medea.modules.conversations.events import (
    AnswerHeld,
    ConversationStarted,
    FeedbackGiven,
    HandoffRequested,
    TurnCompleted,
    TurnFailed,
)
from medea.modules.knowledge.events import DocumentFailed, DocumentReady
from medea.modules.tools.events import LeadCaptured
from medea.modules.webhooks.caches import is_wanted
from medea.modules.webhooks.service.publishing import publish, publish_lead


def _data(event: Any) -> dict[str, Any]:
    """Return the members of an event as JSON has them: ids as the API writes them."""
    known = {name: getattr(event, name) for name in event.__dataclass_fields__}
    return {name: str(value) if isinstance(value, Id) else value for name, value in known.items()}


def _telling(event_type: type[Any], told_as: str) -> Subscription[Any]:
    """Return what tells of an event just as it is."""

    async def tell(ctx: Context, event: Any) -> None:
        await publish(ctx, told_as, _data(event))

    name = f"webhooks.tell_{told_as.replace('.', '_')}"
    return subscribe(event_type, name=name, queue="webhooks", only_if=is_wanted(told_as))(tell)


tell_conversation_started = _telling(ConversationStarted, "conversation.started")
tell_turn_completed = _telling(TurnCompleted, "turn.completed")
tell_turn_failed = _telling(TurnFailed, "turn.failed")
tell_feedback_given = _telling(FeedbackGiven, "feedback.given")
tell_handoff_requested = _telling(HandoffRequested, "handoff.requested")
tell_answer_held = _telling(AnswerHeld, "answer.held")
tell_document_ready = _telling(DocumentReady, "document.ready")
tell_document_failed = _telling(DocumentFailed, "document.failed")
tell_agent_published = _telling(AgentPublished, "agent.published")


@subscribe(LeadCaptured, queue="webhooks", only_if=is_wanted("lead.captured"))
async def tell_lead_captured(ctx: Context, event: LeadCaptured) -> None:
    """Tell what a visitor filled in."""
    await publish_lead(ctx, event.lead_id, _data(event))
