"""Answers in the dialect of Anthropic's Messages, for the fake model server.

Shapes: https://docs.claude.com/en/docs/build-with-claude/streaming.
"""

import json
from typing import Any

from tests.support.upstream import Answer, Send

USAGE = {"input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 1}


def event(kind: str, **members: Any) -> bytes:
    """One named event."""
    data = json.dumps({"type": kind, **members}).encode()
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"


def start(**usage: int) -> bytes:
    """The head of a message."""
    head = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "fake-1"}
    return event("message_start", message={**head, "stop_reason": None, "usage": {**USAGE, **usage}})


def text_block(*pieces: str, index: int = 0) -> bytes:
    """A block of text, one delta for each piece."""
    first = event("content_block_start", index=index, content_block={"type": "text", "text": ""})
    return first + b"".join(text_delta(piece, index) for piece in pieces) + event("content_block_stop", index=index)


def text_delta(piece: str, index: int = 0) -> bytes:
    """More of a text."""
    return event("content_block_delta", index=index, delta={"type": "text_delta", "text": piece})


def tool_start(name: str, call_id: str = "toolu_1", *, index: int = 0, given: Any = None) -> bytes:
    """A call begins; some servers give all its arguments here."""
    block = {"type": "tool_use", "id": call_id, "name": name, "input": given or {}}
    return event("content_block_start", index=index, content_block=block)


def tool_delta(piece: str, index: int = 0) -> bytes:
    """More of a call's arguments."""
    return event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": piece})


def stop_block(index: int = 0) -> bytes:
    """A block is whole."""
    return event("content_block_stop", index=index)


def ending(reason: str = "end_turn", **usage: int) -> bytes:
    """How a message ends."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    return event("message_delta", delta=delta, usage={"output_tokens": 3, **usage}) + event("message_stop")


def ordinary(*texts: str) -> Answer:
    """An ordinary answer."""
    return Answer([Send(start()), Send(event("ping")), Send(text_block(*texts)), Send(ending())])


def error(kind: str, message: str) -> dict[str, Any]:
    """The body of a refusal."""
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
