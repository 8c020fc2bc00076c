"""What was said to get a response, as items."""

from collections.abc import Iterable, Sequence
from typing import Any

from medea.kernel.ids import TurnId
from medea.modules.conversations.activity import Call
from medea.modules.conversations.dialects.calls import as_text, call_name
from medea.modules.conversations.dialects.responses.items import APPROVAL, Item
from medea.modules.conversations.models import MessageRow


def input_items(turn: TurnId, messages: Iterable[MessageRow], calls: Iterable[Call]) -> list[Item]:
    """Return messages, and what the client gave to calls of the turn, oldest first."""
    return [*(_message(row) for row in messages), *(_answer(turn, call) for call in calls)]


def _message(row: MessageRow) -> Item:
    if row.role == "user":
        content: list[Item] = [{"type": "input_text", "text": row.text}]
    else:
        content = [{"type": "output_text", "text": row.text, "annotations": [], "logprobs": []}]
    return {"id": f"msg_{row.id.hex}", "type": "message", "role": row.role, "status": "completed", "content": content}


def _answer(turn: TurnId, call: Call) -> Item:
    if call.expires_at is not None:
        return {
            "id": f"mcpa_{call.id.hex}",
            "type": "mcp_approval_response",
            "approval_request_id": call_name(turn, call.id, APPROVAL),
            "approve": call.state != "denied",
            "reason": call.comment,
        }
    output = as_text(call.output) if call.error is None else call.error.message
    return {
        "id": f"fco_{call.id.hex}",
        "type": "function_call_output",
        "call_id": call_name(turn, call.id),
        "output": output,
        "status": "completed",
    }


def item_page(items: Sequence[Item], *, limit: int, is_newest_first: bool, after: str | None) -> dict[str, Any]:
    """Return one page of a list in OpenAI's shape; `after` names the last item of the page before."""
    ordered = list(reversed(items)) if is_newest_first else list(items)
    places = [place for place, item in enumerate(ordered) if item["id"] == after]
    rest = ordered[places[0] + 1 :] if places else ordered
    page = rest[:limit]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(rest) > limit,
    }
