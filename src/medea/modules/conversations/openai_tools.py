"""Tools in OpenAI's words: those that a request brings, their calls, and what the caller got from them.

An id of a call names its turn, too, so that the next request finds it without a search.
"""

import base64
import binascii
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from medea.kernel.ids import ToolCallId, TurnId
from medea.modules.conversations.log import ClientTool

_PREFIX = "call_"
_encode = msgspec.json.Encoder().encode


def call_name(turn: TurnId, call: ToolCallId) -> str:
    """Return what a call is named for the client."""
    return _PREFIX + base64.urlsafe_b64encode(turn.bytes + call.bytes).decode().rstrip("=")


def read_call_name(name: str) -> tuple[TurnId, ToolCallId] | None:
    """Return turn and call of a name, or None where it is none of ours."""
    try:
        data = base64.b64decode(name.removeprefix(_PREFIX) + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if not name.startswith(_PREFIX) or len(data) != 32:
        return None
    return TurnId(uuid.UUID(bytes=data[:16])), ToolCallId(uuid.UUID(bytes=data[16:]))


def client_tool(function: Mapping[str, Any]) -> ClientTool:
    """Read the `function` member of a tool that a request brings; its shape is checked already."""
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    return ClientTool(name=function["name"], description=function.get("description") or "", parameters=dict(parameters))


def call_members(turn: TurnId, calls: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `tool_calls` of a message, from our frames of calls that the client makes."""
    found = []
    for call in calls:
        call_id = ToolCallId.parse(call["toolCallId"])
        given = call["input"] if isinstance(call["input"], str) else _encode(call["input"]).decode()
        function = {"name": call["toolName"], "arguments": given}
        found.append({"id": call_name(turn, call_id), "type": "function", "function": function})
    return found
