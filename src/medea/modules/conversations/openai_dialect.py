"""OpenAI's Chat Completions, encoded from our own frames.

Shapes after `openai-python`'s `types/chat` and the API reference. The turn is the same one that a widget
would follow; only the words on the wire differ.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from medea.kernel.errors import AppError
from medea.kernel.ids import TurnId
from medea.modules.conversations.openai_tools import call_members

DONE = b"data: [DONE]\n\n"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

BROKEN_OFF = {
    "code": "conversations.broken_off",
    "message": "The server stopped in the middle of the answer; it goes on there. Please ask again in a moment.",
}

BEGUN_ANEW = {
    "code": "conversations.begun_anew",
    "message": "The answer had to be begun anew and what was sent of it no longer holds. Please ask again.",
}

_TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
_CODES = {
    "auth.unauthenticated": "invalid_api_key",
    "agents.agent_not_found": "model_not_found",
    "billing.budget_exhausted": "insufficient_quota",
    "limits.too_many_requests": "rate_limit_exceeded",
}
_NO_TURN = TurnId(0)
_REASONS = {"stop": "stop", "length": "length", "content_filter": "content_filter", "tool_calls": "stop"}


def error_body(error: AppError) -> dict[str, Any]:
    """Return an error in OpenAI's shape."""
    kind = _TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "api_error")
    param = error.errors[0].field if error.errors else None
    code = _CODES.get(error.code, error.code)
    return {
        "error": {
            "message": error.detail,
            "type": code if code == "insufficient_quota" else kind,
            "param": param or None,
            "code": code,
        }
    }


def status_of(error: AppError | type[AppError]) -> int:
    """Return the HTTP status under which OpenAI's clients know such a refusal: a malformed request is 400."""
    return 400 if error.status == 422 else error.status


_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": "string"},
            },
        }
    },
}


def refusals(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that can refuse in these ways, in OpenAI's shape."""
    anything_else = {"application/json": {"schema": _ERROR_SCHEMA}}
    found: dict[int | str, dict[str, Any]] = {"default": {"description": "Any other refusal", "content": anything_else}}
    for error in errors:
        content = {"schema": _ERROR_SCHEMA, "examples": {}}
        entry = found.setdefault(
            status_of(error), {"description": error.title, "content": {"application/json": content}}
        )
        entry["content"]["application/json"]["examples"][error.code] = {"value": error_body(error())}
    return found


async def frames_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    """Yield the JSON of our own frames, which never come cut."""
    async for chunk in chunks:
        for block in chunk.split(b"\n\n"):
            at = block.find(b"data: ")
            if at >= 0 and not block.startswith(b"data: [DONE]", at):
                yield _decode(block[at + 6 :])


@dataclass(slots=True)
class Completion:
    """One completion as it comes in.

    Attributes:
        id: `chatcmpl-...`, made of the turn's id.
        created: seconds since 1970.
        model: as the client asked for it.
        turn: whose frames they are.
        tools: names of those that the client runs itself.
        calls: of these, not answered yet, by id.
    """

    id: str
    created: int
    model: str
    turn: TurnId = _NO_TURN
    tools: frozenset[str] = frozenset()
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    finish_reason: str = "stop"
    usage: dict[str, int] | None = None
    error: dict[str, Any] | None = None
    has_ended: bool = False

    def take(self, frame: dict[str, Any]) -> str:
        """Take a frame in and return the text that it adds."""
        match frame["type"]:
            case "text-delta":
                self.parts.append(frame["delta"])
                return str(frame["delta"])
            case "tool-input-available" if frame["toolName"] in self.tools:
                self.calls[frame["toolCallId"]] = frame
            case "tool-output-available" | "tool-output-error" | "tool-output-denied":
                self.calls.pop(frame["toolCallId"], None)
            case "data-restart":
                self.parts.clear()
                self.calls.clear()
            case "abort":
                self.has_ended = True
            case "finish":
                self.has_ended = True
                metadata = frame["messageMetadata"]
                self.finish_reason = "tool_calls" if self.calls else _REASONS.get(metadata.get("finish_reason"), "stop")
                self.usage = _usage(metadata.get("usage"))
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
        return self._event(self._head("chat.completion.chunk") | {"choices": [choice]})

    def usage_chunk(self) -> bytes:
        """Return the last event of a stream that asked for usage."""
        return self._event(self._head("chat.completion.chunk") | {"choices": [], "usage": self.usage or _usage(None)})

    def error_chunk(self) -> bytes:
        """Return the event that ends a stream that failed."""
        error = self.error or {}
        code = _CODES.get(error.get("code", ""), error.get("code"))
        kind = code if code == "insufficient_quota" else "api_error"
        body = {"message": error.get("message"), "type": kind, "param": None, "code": code}
        return self._event({"error": body})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    @staticmethod
    def _event(body: dict[str, Any]) -> bytes:
        return b"data: " + _encode(body) + b"\n\n"


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
    yield completion.chunk({"role": "assistant", "content": "", "refusal": None})
    async for frame in frames:
        if frame["type"] == "data-restart" and completion.parts:
            completion.error, completion.has_ended = BEGUN_ANEW, True
            break
        text = completion.take(frame)
        if text:
            yield completion.chunk({"content": text})
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
