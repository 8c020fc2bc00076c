"""The native turn stream: AI SDK UI message stream v1, one JSON text per frame.

Protocol: `ui-message-chunks.ts` and "Stream Protocols" of the `ai` package, the subset that its versions 5
to 7 share. What is ours travels in `data-*` frames.
"""

from itertools import groupby
from typing import Any, Literal

import msgspec

from medea.kernel.ids import ConversationId, MessageId, ToolCallId, TurnId
from medea.modules.conversations.activity import Activity, Call, Spoken, last_words, polite
from medea.modules.conversations.guarded import guardrail_frames, is_held
from medea.modules.conversations.models import MessageRow, TurnRow
from medea.modules.conversations.sources import grounding_frame, source_frames

HEADERS = {"x-vercel-ai-ui-message-stream": "v1"}
DONE = b"[DONE]"
START_STEP = b'{"type":"start-step"}'
FINISH_STEP = b'{"type":"finish-step"}'
ABORT = b'{"type":"abort"}'
WAITING = "waiting"
"""The finish reason of a stream that ends although its turn does not: it waits for the visitor."""
APPROVAL = "approval"
"""What a call awaits that somebody must allow first; the others await their result, as their tools say."""
_encode = msgspec.json.Encoder().encode


def start(reply: MessageId, turn: TurnId, conversation: ConversationId, agent_version: int | None) -> bytes:
    """Return the frame that opens a reply."""
    metadata = {"turn_id": str(turn), "conversation_id": str(conversation), "agent_version": agent_version}
    return _encode({"type": "start", "messageId": str(reply), "messageMetadata": metadata})


class TextPart:
    """The frames of one piece of text; a reply has several where tools are called in between."""

    __slots__ = ("_head", "end", "start")

    def __init__(self, number: int) -> None:
        self.start = b'{"type":"text-start","id":"t%d"}' % number
        self.end = b'{"type":"text-end","id":"t%d"}' % number
        self._head = b'{"type":"text-delta","id":"t%d","delta":' % number

    def delta(self, text: str) -> bytes:
        """Return the frame of some text. On the path of every token."""
        return self._head + _encode(text) + b"}"

    def whole(self, text: str) -> list[bytes]:
        """Return the frames of a text that is known already."""
        return [self.start, self.delta(text), self.end]


FIRST_TEXT = TextPart(1)
TEXT_START, TEXT_END = FIRST_TEXT.start, FIRST_TEXT.end


def text_delta(text: str) -> bytes:
    """Return the frame of some text of a reply's first piece."""
    return FIRST_TEXT.delta(text)


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


RUNNING = status("running")
"""In a stream that goes on after a pause: what comes before it was told already."""


def restart(attempt: int) -> bytes:
    """Return the notice that all follows anew: the client drops what it has of this reply."""
    return _encode({"type": "data-restart", "data": {"attempt": attempt}, "transient": True})


def reconnect() -> bytes:
    """Return the notice that this connection ends before the turn does: the client joins the turn anew, at once."""
    return b'{"type":"data-reconnect","data":{},"transient":true}'


FAREWELL = b"retry: 100\ndata: " + reconnect() + b"\n\n"
"""Without an id, so that clients go on after the last frame that had one. The next process names another pause."""


def tool_input_start(call: ToolCallId, name: str) -> bytes:
    """Return the frame that announces a call, before its arguments are known."""
    return _encode({"type": "tool-input-start", "toolCallId": str(call), "toolName": name})


def tool_input_delta(call: ToolCallId, text: str) -> bytes:
    """Return the frame of a piece of a call's arguments."""
    return _encode({"type": "tool-input-delta", "toolCallId": str(call), "inputTextDelta": text})


def tool_input(call: Call) -> bytes:
    """Return the frame of a call's whole arguments, or that they are none that the tool takes.

    A call that somebody outside has to answer says so, whether they have or not: other dialects end there.
    """
    frame: dict[str, Any] = {"toolCallId": str(call.id), "toolName": call.name, "input": call.input}
    awaits = APPROVAL if call.expires_at is not None else call.awaits
    if awaits is not None:
        frame["providerMetadata"] = {"medea": {"awaits": awaits}}
    if call.error is not None and call.error.code in REFUSED_INPUTS:
        return _encode({"type": "tool-input-error", **frame, "errorText": polite(call.error.code)})
    return _encode({"type": "tool-input-available", **frame})


def tool_outcome(call: Call) -> list[bytes]:
    """Return the frame that says what became of a call, or what it waits for; none while nobody knows."""
    head: dict[str, Any] = {"toolCallId": str(call.id)}
    match call.state:
        case "asked":
            return [_encode({"type": "tool-approval-request", "approvalId": str(call.id), **head})]
        case "denied":
            return [_encode({"type": "tool-output-denied", **head})]
        case "returned":
            return [
                _encode({"type": "tool-output-available", **head, "output": call.output if call.is_public else None})
            ]
        case "failed" if call.error is not None and call.error.code not in REFUSED_INPUTS:
            return [_encode({"type": "tool-output-error", **head, "errorText": polite(call.error.code)})]
    return []


UNKNOWN_TOOL, BAD_ARGUMENTS = "tools.unknown", "tools.bad_arguments"
REFUSED_INPUTS = frozenset({UNKNOWN_TOOL, BAD_ARGUMENTS})
"""Codes of calls that were never made."""


def activity_frames(activity: Activity, *, then: Literal["next", "end", "open"]) -> list[bytes]:
    """Return the frames of the steps that a reply has behind it.

    Args:
        activity: of the reply.
        then: `next`: another step has begun after them; `end`: none; `open`: more of the last one is to come.
    """
    frames: list[bytes] = []
    texts = 0
    steps = [list(parts) for _, parts in groupby(activity, key=lambda part: part.step)]
    for parts in steps:
        for part in parts:
            if isinstance(part, Spoken):
                if part.is_shown:
                    texts += 1
                    frames += TextPart(texts).whole(part.text)
            else:
                frames.append(tool_input(part))
        for part in parts:
            if isinstance(part, Call):
                frames += tool_outcome(part)
        is_last = parts is steps[-1]
        if not is_last or then != "open":
            frames.append(FINISH_STEP)
        if not is_last or then == "next":
            frames.append(START_STEP)
    return frames


def count_texts(activity: Activity) -> int:
    """Return how many pieces of text an activity has."""
    return sum(1 for part in activity if isinstance(part, Spoken) and part.is_shown)


def stored_frames(turn: TurnRow, reply: MessageRow) -> list[bytes]:
    """Return the frames of a turn that has ended, or waits for the visitor, from its stored reply."""
    frames = [start(reply.id, turn.id, turn.conversation_id, turn.agent_version), START_STEP]
    if turn.status == "waiting":
        return [
            *frames,
            *_waiting_frames(reply),
            finish(finish_reason=WAITING, model=turn.model, usage=turn.usage),
            DONE,
        ]
    grounding = reply.grounding
    frames += [] if grounding is None else source_frames(grounding.cited)
    frames += activity_frames(reply.activity, then="next")
    if words := last_words(reply.activity, reply.text):
        frames += TextPart(count_texts(reply.activity) + 1).whole(words)
    frames += [] if grounding is None else [grounding_frame(grounding)]
    frames += guardrail_frames(reply.guardrails, is_waiting=False)
    if turn.status == "completed":
        frames += [FINISH_STEP, finish(finish_reason=turn.finish_reason or "stop", model=turn.model, usage=turn.usage)]
    elif turn.status == "cancelled":
        frames.append(ABORT)
    else:
        error = turn.error or {}
        is_retryable = bool(error.get("retryable", True))
        frames += failure(str(error.get("code", "")), str(error.get("message", "")), is_retryable=is_retryable)
    return [*frames, DONE]


def _waiting_frames(reply: MessageRow) -> list[bytes]:
    """Return the frames of a reply that waits for its visitor, or for somebody to look at its answer."""
    if not is_held(reply.guardrails):
        return activity_frames(reply.activity, then="end")
    frames = activity_frames(reply.activity, then="next")
    if words := last_words(reply.activity, reply.text):
        frames += TextPart(count_texts(reply.activity) + 1).whole(words)
    return [*frames, *guardrail_frames(reply.guardrails, is_waiting=True), FINISH_STEP]


def framed(payloads: list[bytes], attempt: int, first: int = 1) -> bytes:
    """Return payloads as server-sent events with their ids, the way live streams write them."""
    return b"".join(
        b"id: %d-%d\ndata: %b\n\n" % (attempt, first + place, payload) for place, payload in enumerate(payloads)
    )
