"""OpenAI's Chat Completions, encoded from our own frames.

Shapes after `openai-python`'s `types/chat` and the API reference. The turn is the same one that a widget
would follow; only the words on the wire differ.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from medea.kernel.ids import TurnId
from medea.kernel.streams.base import KEEP_ALIVE
from medea.modules.conversations.dialects.calls import call_members
from medea.modules.conversations.dialects.frames import BEGUN_ANEW, BROKEN_OFF, STILL, awaits_of, is_held
from medea.modules.conversations.dialects.openai_errors import CODES
from medea.modules.conversations.errors import AnswerAwaited
from medea.modules.conversations.streaming import WAITING

DONE = b"data: [DONE]\n\n"
_encode = msgspec.json.Encoder().encode

HELD = "for a colleague who looks at its answer first"
_NO_TURN = TurnId(0)
_REASONS = {"stop": "stop", "length": "length", "content_filter": "content_filter", "tool_calls": "stop"}


@dataclass(slots=True)
class Completion:
    """One completion as it comes in.

    Attributes:
        id: `chatcmpl-...`, made of the turn's id.
        created: seconds since 1970.
        model: as the client asked for it.
        turn: whose frames they are.
        calls: those that the client makes, not answered yet, by id.
        awaited: what somebody else has to say first, in words, by the call's id.
        counts: the last chunk will tell the usage; until then each says that it is not known yet.
    """

    id: str
    created: int
    model: str
    turn: TurnId = _NO_TURN
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    awaited: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    finish_reason: str = "stop"
    usage: dict[str, int] | None = None
    error: dict[str, Any] | None = None
    has_ended: bool = False
    counts: bool = False

    def take(self, frame: dict[str, Any]) -> str:
        """Take a frame in and return the text that it adds."""
        match frame["type"]:
            case "text-delta":
                self.parts.append(frame["delta"])
                return str(frame["delta"])
            case "tool-input-available" if awaits_of(frame) == "client":
                self.calls[frame["toolCallId"]] = frame
            case "tool-input-available" if (wants := awaits_of(frame)) is not None:
                self.awaited[frame["toolCallId"]] = f"{wants} for {frame['toolName']}"
            case "tool-output-available" | "tool-output-error" | "tool-output-denied":
                self.calls.pop(frame["toolCallId"], None)
                self.awaited.pop(frame["toolCallId"], None)
            case "data-guardrail" if is_held(frame):
                self.awaited[HELD] = HELD
            case "data-restart":
                self.parts.clear()
                self.calls.clear()
                self.awaited.clear()
            case "abort":
                self.has_ended = True
            case "finish":
                self.has_ended = True
                metadata = frame["messageMetadata"]
                self.finish_reason = "tool_calls" if self.calls else _REASONS.get(metadata.get("finish_reason"), "stop")
                self.usage = _usage(metadata.get("usage"))
                if metadata.get("finish_reason") == WAITING and not self.calls:
                    self.error = {
                        "code": AnswerAwaited.code,
                        "message": waiting_words(self.turn, self.awaited.values()),
                    }
            case "data-error":
                self.has_ended = True
                self.error = frame["data"]
        return ""

    def close(self) -> None:
        """Note that no more frames come: an answer that broke off must not look like a whole one."""
        if not self.has_ended:
            self.error = BROKEN_OFF

    def whole(self) -> dict[str, Any]:
        """Return the response of a call that does not stream."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self.parts), "refusal": None}
        if self.calls:
            calls = call_members(self.turn, self.calls.values())
            message |= {"content": "".join(self.parts) or None, "tool_calls": calls}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish_reason}
        return self._head("chat.completion") | {"choices": [choice], "usage": self.usage or _usage(None)}

    def chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        """Return a server-sent event with one change."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        unknown = {"usage": None} if self.counts else {}
        return self._event(self._head("chat.completion.chunk") | {"choices": [choice]} | unknown)

    def usage_chunk(self) -> bytes:
        """Return the last event of a stream that asked for usage."""
        return self._event(self._head("chat.completion.chunk") | {"choices": [], "usage": self.usage or _usage(None)})

    def error_chunk(self) -> bytes:
        """Return the event that ends a stream that failed."""
        error = self.error or {}
        code = CODES.get(error.get("code", ""), error.get("code"))
        kind = code if code == "insufficient_quota" else "api_error"
        body = {"message": error.get("message"), "type": kind, "param": None, "code": code}
        return self._event({"error": body})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    @staticmethod
    def _event(body: dict[str, Any]) -> bytes:
        return b"data: " + _encode(body) + b"\n\n"


def waiting_words(turn: TurnId, awaited: Iterable[str] = ()) -> str:
    """Return what a pause is in this dialect, which has no words for it: who goes on where."""
    awaited = list(awaited)
    if awaited == [HELD]:
        return f"The assistant waits ({HELD}). Read what became of it at /v1/turns/{turn}/stream."
    wanted = ", ".join(awaited) or "for somebody's answer"
    return (
        f"The assistant waits ({wanted}). Answer at /v1/turns/{turn}/approvals or /forms, or in the dashboard; then "
        f"read how it went on at /v1/turns/{turn}/stream."
    )


def _usage(usage: dict[str, int] | None) -> dict[str, int]:
    prompt, completion = (usage["input_tokens"], usage["output_tokens"]) if usage else (0, 0)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


async def stream_completion(
    completion: Completion, frames: AsyncIterator[dict[str, Any]], *, with_usage: bool
) -> AsyncIterator[bytes]:
    """Yield the events of a streaming completion.

    What was sent cannot be taken back in this dialect: when the turn is begun anew after some text, the stream
    ends with an error, so that no client takes two beginnings for one answer.
    """
    completion.counts = with_usage
    yield completion.chunk({"role": "assistant", "content": "", "refusal": None})
    async for frame in frames:
        if frame["type"] == "data-restart" and completion.parts:
            completion.error, completion.has_ended = BEGUN_ANEW, True
            break
        text = completion.take(frame)
        if text:
            yield completion.chunk({"content": text})
        elif frame is STILL:
            yield KEEP_ALIVE
    completion.close()
    if completion.error is not None:
        yield completion.error_chunk()
    else:
        for index, call in enumerate(call_members(completion.turn, completion.calls.values())):
            yield completion.chunk({"tool_calls": [{"index": index, **call}]})
        yield completion.chunk({}, completion.finish_reason)
        if with_usage:
            yield completion.usage_chunk()
    yield DONE
