"""A transcript as the protocol's messages, under the ids that runs give them."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from medea.kernel.ids import TurnId
from medea.modules.conversations.activity import Call, calls_in, last_words, polite
from medea.modules.conversations.dialects.ag_ui.state import REASONS, REVIEW, Awaited
from medea.modules.conversations.dialects.calls import as_text, call_name
from medea.modules.conversations.guarded import is_held
from medea.modules.conversations.models import MessageRow

Message = dict[str, Any]

DENIED = "This was not allowed."
HIDDEN = "Done."
"""What is told of a result that readers are not to see."""


def step_id(reply: str, step: int) -> str:
    """Return the id of what the assistant says in one step of a reply, counted from 1."""
    return f"{reply}-{step}"


def messages_of(rows: Iterable[MessageRow]) -> list[Message]:
    """Return the messages of a transcript."""
    found: list[Message] = []
    for row in rows:
        if row.role == "user":
            found.append({"id": str(row.id), "role": "user", "content": row.text})
        else:
            found += _reply(row)
    return found


def _reply(row: MessageRow) -> list[Message]:
    found: list[Message] = []
    step = 0
    turn = row.turn_id or TurnId(0)
    for step, parts in groupby(row.activity, key=lambda part: part.step):
        text, calls = "", list[Call]()
        for part in parts:
            if isinstance(part, Call):
                calls.append(part)
            elif part.is_shown:
                text += part.text
        if not (calls or text.strip("\n")):
            continue
        said: Message = {"id": step_id(str(row.id), step), "role": "assistant", "content": text.strip("\n")}
        if calls:
            said["toolCalls"] = [_called(turn, call) for call in calls]
        found.append(said)
        found += [answered for call in calls if (answered := _answered(turn, call)) is not None]
    if words := last_words(row.activity, row.text).strip("\n"):
        found.append({"id": step_id(str(row.id), step + 1), "role": "assistant", "content": words})
    return found


def _called(turn: TurnId, call: Call) -> Message:
    function = {"name": call.name, "arguments": as_text(call.input)}
    return {"id": call_name(turn, call.id), "type": "function", "function": function}


def _answered(turn: TurnId, call: Call) -> Message | None:
    name = call_name(turn, call.id)
    head = {"id": result_id(name), "role": "tool", "toolCallId": name}
    match call.state:
        case "returned":
            return head | {"content": as_text(call.output) if call.is_public else HIDDEN}
        case "failed":
            words = polite(call.error.code if call.error is not None else "")
            return head | {"content": words, "error": words}
        case "denied":
            return head | {"content": DENIED}
    return None


def awaited_in(reply: MessageRow) -> list[Awaited]:
    """Return what a reply waits for, as the state tells it."""
    turn = reply.turn_id or TurnId(0)
    asked = [
        {
            "id": call_name(turn, call.id),
            "reason": REASONS["approval" if call.state == "asked" else call.awaits or "client"],
            "tool_name": call.name,
        }
        for call in calls_in(reply.activity, "asked", "awaited")
    ]
    return [*asked, REVIEW] if is_held(reply.guardrails) else asked


def result_id(call: str) -> str:
    """Return the id of the message with a call's result."""
    return f"{call}-result"
