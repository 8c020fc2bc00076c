"""Tools as other programs know them: those that a request brings, their calls, and what the caller got from them.

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

_CALL = "call_"
_encode = msgspec.json.Encoder(order="sorted").encode


def call_name(turn: TurnId, call: ToolCallId, prefix: str = _CALL) -> str:
    """Return what a call is named for the client."""
    return prefix + base64.urlsafe_b64encode(turn.bytes + call.bytes).decode().rstrip("=")


def read_call_name(name: str, prefix: str = _CALL) -> tuple[TurnId, ToolCallId] | None:
    """Return turn and call of a name, or None where it is none of ours."""
    try:
        data = base64.b64decode(name.removeprefix(prefix) + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if not name.startswith(prefix) or len(data) != 32:
        return None
    return TurnId(uuid.UUID(bytes=data[:16])), ToolCallId(uuid.UUID(bytes=data[16:]))


def as_text(value: Any) -> str:
    """Return arguments or a result as text: JSON with sorted members, so that the same is always the same."""
    return value if isinstance(value, str) else _encode(value).decode()


def client_tool(function: Mapping[str, Any]) -> ClientTool:
    """Read the `function` member of a tool that a request brings; its shape is checked already."""
    parameters = function.get("parameters") or {"type": "object", "properties": {}}
    return ClientTool(name=function["name"], description=function.get("description") or "", parameters=dict(parameters))


def call_members(turn: TurnId, calls: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `tool_calls` of a message, from our frames of calls that the client makes."""
    found = []
    for call in calls:
        call_id = ToolCallId.parse(call["toolCallId"])
        function = {"name": call["toolName"], "arguments": as_text(call["input"])}
        found.append({"id": call_name(turn, call_id), "type": "function", "function": function})
    return found
