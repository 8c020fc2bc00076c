"""Our frames and rows in the protocol's words."""

from typing import Any

from medea.modules.conversations.activity import calls_in, spoken_in
from medea.modules.conversations.guarded import is_held
from medea.modules.conversations.models import MessageRow, TurnRow
from medea.modules.conversations.schemas import MAX_TEXT

BEGUN_ANEW = "\n[The answer is begun anew.]\n"
CANCELLED = "The question was cancelled before it was answered whole."

INPUT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "question": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "description": "in any language"},
        "conversation_id": {
            "type": "string",
            "description": "of an earlier answer, to go on from there; without it a new conversation begins",
        },
    },
    "required": ["question"],
    "additionalProperties": False,
}

_SOURCE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "n": {"type": "integer", "description": "as the text cites it: [1]"},
        "document_id": {"type": "string"},
        "title": {"type": "string"},
        "page": {"type": ["integer", "null"]},
        "quote": {"type": "string"},
        "url": {"type": ["string", "null"]},
    },
    "required": ["n", "document_id", "title", "page", "quote", "url"],
}
_AWAITED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "tool_call_id": {"type": "string"},
        "tool": {"type": "string"},
        "wants": {"enum": ["approval", "form", "review"], "description": "review: a colleague looks at the answer"},
        "input": {},
    },
    "required": ["wants"],
}
OUTPUT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "status": {"enum": ["completed", "waiting", "failed", "cancelled"]},
        "answer": {"type": "string"},
        "conversation_id": {"type": "string"},
        "turn_id": {"type": "string"},
        "sources": {"type": "array", "items": _SOURCE},
        "supported_share": {
            "type": ["number", "null"],
            "description": "of the sentences that need a source, those that have one, 0 to 1; null: none was checked",
        },
        "is_answered": {"type": "boolean", "description": "false where the documents held no answer"},
        "waits_for": {"type": "array", "items": _AWAITED, "description": "what somebody has to say first"},
    },
    "required": [
        "status", "answer", "conversation_id", "turn_id", "sources", "supported_share", "is_answered", "waits_for",
    ],
}  # fmt: skip


def news_of(frame: dict[str, Any]) -> str:
    """Return what a frame of the live stream tells whoever waits: text as it is, what is done in brackets."""
    match frame["type"]:
        case "text-delta":
            return str(frame["delta"])
        case "tool-input-available":
            return f"\n[Using {frame['toolName']}.]\n"
        case "data-status" if frame["data"]["status"] == "queued":
            return "[Another question of this conversation is answered first.]\n"
    return ""


def structured(turn: TurnRow, reply: MessageRow) -> dict[str, Any]:
    """Return an answer as `OUTPUT_SCHEMA` says."""
    grounding = reply.grounding
    sources = () if grounding is None else grounding.cited
    return {
        "status": turn.status,
        "answer": said(turn, reply),
        "conversation_id": str(turn.conversation_id),
        "turn_id": str(turn.id),
        "sources": [
            {
                "n": passage.n,
                "document_id": passage.document_id,
                "title": passage.title,
                "page": passage.page,
                "quote": passage.quote,
                "url": passage.url,
            }
            for passage in sources
        ],
        "supported_share": None if grounding is None else grounding.supported,
        "is_answered": grounding is None or grounding.is_answered,
        "waits_for": awaited(reply) if turn.status == "waiting" else [],
    }


def said(turn: TurnRow, reply: MessageRow) -> str:
    """Return what the agent has said; a turn that waits has its text in its steps alone."""
    if turn.status == "waiting" and not is_held(reply.guardrails):
        return spoken_in(reply.activity)
    return reply.text


def awaited(reply: MessageRow) -> list[dict[str, Any]]:
    """Return what a turn waits for: calls, or somebody to look at its answer."""
    if is_held(reply.guardrails):
        return [{"wants": "review"}]
    return [
        {
            "tool_call_id": str(call.id),
            "tool": call.name,
            "wants": "approval" if call.state == "asked" else "form",
            "input": call.input,
        }
        for call in calls_in(reply.activity, "asked", "awaited")
    ]


def as_text(turn: TurnRow, reply: MessageRow) -> str:
    """Return an answer as a model that asked is to read it."""
    match turn.status:
        case "waiting" if is_held(reply.guardrails):
            before = said(turn, reply).strip()
            return (
                f"{before}\n\nA colleague looks at this answer before it is shown; what comes of it is in conversation "
                f"{turn.conversation_id} and at /v1/turns/{turn.id}/stream."
            ).lstrip()
        case "waiting":
            wanted = ", ".join(f"{each['wants']} for {each['tool']}" for each in awaited(reply))
            before = said(turn, reply).strip()
            return (
                f"{before}\n\nThe assistant waits ({wanted}). A person of the company can answer in the dashboard's "
                f"conversation {turn.conversation_id}, a program at /v1/turns/{turn.id}/approvals or /forms; what "
                "comes of it is in that conversation."
            ).lstrip()
        case "cancelled":
            return f"{reply.text}\n\n{CANCELLED}".strip()
        case "failed":
            return str((turn.error or {}).get("message") or "The assistant could not answer.")
    return reply.text
