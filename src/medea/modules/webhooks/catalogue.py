"""Which events there are, and what their `data` holds. Members are added, never renamed or removed."""

from dataclasses import dataclass
from typing import Any

TEST = "webhook.test"

_AGENT = "agt_01937b2e5c7d7f3a8b1c2d3e4f506172"
_CONVERSATION = "cnv_01937b2e5c7d7f3a8b1c2d3e4f506173"
_TURN = "trn_01937b2e5c7d7f3a8b1c2d3e4f506174"
_BASE = "kb_01937b2e5c7d7f3a8b1c2d3e4f506175"
_DOCUMENT = "doc_01937b2e5c7d7f3a8b1c2d3e4f506176"


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event.

    Attributes:
        type: what payloads and webhooks call it.
        description: when it happens.
        sample: a `data` as it may be.
    """

    type: str
    description: str
    sample: dict[str, Any]


CATALOGUE: tuple[EventType, ...] = (
    EventType(
        "conversation.started",
        "A conversation was opened.",
        {"conversation_id": _CONVERSATION, "agent_id": _AGENT, "channel": "widget"},
    ),
    EventType(
        "turn.completed",
        "An assistant has answered.",
        {
            "conversation_id": _CONVERSATION,
            "turn_id": _TURN,
            "agent_id": _AGENT,
            "model": "gpt-5-mini",
            "input_tokens": 812,
            "output_tokens": 96,
            "cost_usd": 0.0004,
        },
    ),
    EventType(
        "turn.failed",
        "A turn ended without a whole answer; code says why.",
        {"conversation_id": _CONVERSATION, "turn_id": _TURN, "agent_id": _AGENT, "code": "llm.unavailable"},
    ),
    EventType(
        "feedback.given",
        "Somebody judged an answer; rating is null where a judgement was taken back.",
        {
            "conversation_id": _CONVERSATION,
            "message_id": "msg_01937b2e5c7d7f3a8b1c2d3e4f506177",
            "rating": "up",
        },
    ),
    EventType(
        "lead.captured",
        "A visitor filled in a form.",
        {
            "lead_id": "led_01937b2e5c7d7f3a8b1c2d3e4f506178",
            "agent_id": _AGENT,
            "conversation_id": _CONVERSATION,
            "title": "Book a demo",
            "answers": {"email": "ada@example.com"},
        },
    ),
    EventType(
        "handoff.requested",
        "An assistant asked for a person to take over.",
        {"conversation_id": _CONVERSATION, "agent_id": _AGENT, "reason": "The visitor wants to speak to somebody."},
    ),
    EventType(
        "answer.held",
        "An answer waits for somebody of the company to look at it.",
        {"conversation_id": _CONVERSATION, "turn_id": _TURN, "agent_id": _AGENT, "reason": "flagged"},
    ),
    EventType(
        "document.ready",
        "A version of a document can be found.",
        {"base_id": _BASE, "document_id": _DOCUMENT, "version": 1},
    ),
    EventType(
        "document.failed",
        "A version of a document could not be taken in; code says why.",
        {"base_id": _BASE, "document_id": _DOCUMENT, "version": 2, "code": "extraction.encrypted"},
    ),
    EventType("agent.published", "A version of an agent went live.", {"agent_id": _AGENT, "version": 3}),
)

TYPES: frozenset[str] = frozenset(each.type for each in CATALOGUE)


def sample_of(event_type: str) -> dict[str, Any]:
    """Return a `data` as events of a type have it; of a test, a greeting.

    Raises:
        KeyError: there is no such type.
    """
    if event_type == TEST:
        return {"message": "This is a test of your webhook."}
    return {each.type: each.sample for each in CATALOGUE}[event_type]
