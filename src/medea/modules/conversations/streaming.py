"""The native turn stream: AI SDK UI message stream v1, one JSON text per frame.

Protocol: `ui-message-chunks.ts` and "Stream Protocols" of the `ai` package, the subset that its versions 5
to 7 share. What is ours travels in `data-*` frames.
"""

import msgspec

from medea.kernel.ids import ConversationId, MessageId, TurnId
from medea.modules.conversations.models import MessageRow, TurnRow

HEADERS = {"x-vercel-ai-ui-message-stream": "v1"}
DONE = b"[DONE]"
START_STEP = b'{"type":"start-step"}'
FINISH_STEP = b'{"type":"finish-step"}'
ABORT = b'{"type":"abort"}'
TEXT_ID = "t1"
TEXT_START = b'{"type":"text-start","id":"t1"}'
TEXT_END = b'{"type":"text-end","id":"t1"}'
_DELTA_HEAD = b'{"type":"text-delta","id":"t1","delta":'

_encode = msgspec.json.Encoder().encode


def start(reply: MessageId, turn: TurnId, conversation: ConversationId, agent_version: int | None) -> bytes:
    """Return the frame that opens a reply."""
    metadata = {"turn_id": str(turn), "conversation_id": str(conversation), "agent_version": agent_version}
    return _encode({"type": "start", "messageId": str(reply), "messageMetadata": metadata})


def text_delta(text: str) -> bytes:
    """Return the frame of some text. On the path of every token."""
    return _DELTA_HEAD + _encode(text) + b"}"


def finish(*, finish_reason: str, model: str | None, usage: dict[str, int] | None) -> bytes:
    """Return the frame that closes a whole reply."""
    metadata = {"finish_reason": finish_reason, "model": model, "usage": usage}
    return _encode({"type": "finish", "messageMetadata": metadata})


def failure(code: str, message: str, *, is_retryable: bool) -> list[bytes]:
    """Return the frames of a failed turn: ours with the code, then the protocol's own."""
    data = {"code": code, "message": message, "retryable": is_retryable}
    return [_encode({"type": "data-error", "data": data}), _encode({"type": "error", "errorText": message})]


def status(value: str) -> bytes:
    """Return the frame that says where a turn stands (`queued`, `running`)."""
    return _encode({"type": "data-status", "data": {"status": value}, "transient": True})


def restart(attempt: int) -> bytes:
    """Return the notice that all follows anew: the client drops what it has of this reply."""
    return _encode({"type": "data-restart", "data": {"attempt": attempt}, "transient": True})


def reconnect() -> bytes:
    """Return the notice that this connection ends before the turn does: the client joins the turn anew, at once."""
    return b'{"type":"data-reconnect","data":{},"transient":true}'


FAREWELL = b"retry: 100\ndata: " + reconnect() + b"\n\n"
"""Without an id, so that clients go on after the last frame that had one. The next process names another pause."""


def stored_frames(turn: TurnRow, reply: MessageRow) -> list[bytes]:
    """Return the frames of a turn that has ended, from its stored reply."""
    frames = [start(reply.id, turn.id, turn.conversation_id, turn.agent_version), START_STEP]
    if reply.text:
        frames += [TEXT_START, text_delta(reply.text), TEXT_END]
    if turn.status == "completed":
        frames += [FINISH_STEP, finish(finish_reason=turn.finish_reason or "stop", model=turn.model, usage=turn.usage)]
    elif turn.status == "cancelled":
        frames.append(ABORT)
    else:
        error = turn.error or {}
        is_retryable = bool(error.get("retryable", True))
        frames += failure(str(error.get("code", "")), str(error.get("message", "")), is_retryable=is_retryable)
    return [*frames, DONE]


def framed(payloads: list[bytes], attempt: int, first: int = 1) -> bytes:
    """Return payloads as server-sent events with their ids, the way live streams write them."""
    return b"".join(
        b"id: %d-%d\ndata: %b\n\n" % (attempt, first + place, payload) for place, payload in enumerate(payloads)
    )
