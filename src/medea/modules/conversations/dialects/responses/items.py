"""The items of a response's output, and the response itself, as JSON."""

import re
from collections.abc import Sequence
from typing import Any

from medea.kernel.ids import TurnId
from medea.modules.conversations.dialects.calls import as_text, call_name
from medea.modules.conversations.dialects.happenings import Called, Came, Frame

Item = dict[str, Any]

APPROVAL = "mcpr_"
"""Begins the name of a request for approval, as `call_` does that of a call."""
SERVER = "medea"
"""Whose tools the agent's own are, to a client that knows tools of its own and those of servers."""
_MARK = re.compile(r"\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]")


def message(item_id: str) -> Item:
    """Return a message that has just begun."""
    return {"id": item_id, "type": "message", "role": "assistant", "status": "in_progress", "content": []}


def text_part(text: str = "", annotations: Sequence[Item] = ()) -> Item:
    """Return a message's text."""
    return {"type": "output_text", "text": text, "annotations": list(annotations), "logprobs": []}


def annotations_of(text: str, cited: Sequence[Frame]) -> list[Item]:
    """Return where the text cites what: by address where readers can open it, else by file.

    Args:
        text: of the message; it cites by number in brackets.
        cited: `source-document` frames.
    """
    by_number = {frame["providerMetadata"]["medea"]["n"]: frame for frame in cited}
    found: list[Item] = []
    for mark in _MARK.finditer(text):
        for number in map(int, mark[1].split(",")):
            if number in by_number:
                found.append(_annotation(by_number[number], mark))
    return found


def _annotation(frame: Frame, mark: re.Match[str]) -> Item:
    own = frame["providerMetadata"]["medea"]
    if own["url"] is None:
        known = {"file_id": own["document_id"], "filename": frame["title"]}
        return {"type": "file_citation", **known, "index": mark.start()}
    place = {"start_index": mark.start(), "end_index": mark.end()}
    return {"type": "url_citation", "url": own["url"], "title": frame["title"], **place}


def function_call(turn: TurnId, call: Called, *, is_whole: bool) -> Item:
    """Return a call that the client makes, or a form that it has filled in."""
    return {
        "id": f"fc_{call.id.hex}",
        "type": "function_call",
        "call_id": call_name(turn, call.id),
        "name": call.name,
        "arguments": as_text(call.input) if is_whole else "",
        "status": "completed" if is_whole else "in_progress",
    }


def approval_request(turn: TurnId, call: Called) -> Item:
    """Return the question whether a tool of the agent may be called."""
    return {
        "id": call_name(turn, call.id, APPROVAL),
        "type": "mcp_approval_request",
        "server_label": SERVER,
        "name": call.name,
        "arguments": as_text(call.input),
    }


def own_call(turn: TurnId, call: Called, came: Came | None = None, *, status: str | None = None) -> Item:
    """Return a call of one of the agent's own tools: its arguments once they were told, its outcome once it came.

    Args:
        turn: whose call.
        call: which.
        came: how it ended, if it did.
        status: of one that has not.
    """
    item: Item = {
        "id": f"mcp_{call.id.hex}",
        "type": "mcp_call",
        "server_label": SERVER,
        "name": call.name,
        "arguments": as_text(call.input) if status != "in_progress" else "",
        "approval_request_id": call_name(turn, call.id, APPROVAL) if call.awaits == "approval" else None,
        "output": None,
        "error": None,
        "status": status or "in_progress",
    }
    if came is not None:
        failure = came.error or call.refusal
        item["status"] = "completed" if failure is None else "failed"
        if failure is not None:
            item["error"] = {"type": "mcp_tool_execution_error", "content": failure}
        elif came.output is not None:
            item["output"] = as_text(came.output)
    return item


def usage_of(usage: dict[str, int] | None) -> Item | None:
    """Return what a response took, in tokens."""
    if usage is None:
        return None
    return {
        "input_tokens": usage["input_tokens"],
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": usage["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage["input_tokens"] + usage["output_tokens"],
    }
