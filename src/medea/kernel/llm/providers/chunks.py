"""One payload of a chat-completion stream, read fast when it is ordinary and patiently when it is odd.

The fast way is a typed msgspec decoder that looks at the few members that matter. Whatever it refuses
(broken UTF-8, lone surrogates, content as a list of parts, numbers where strings belong) is read again
with the standard library's parser and taken apart member by member.

Format: https://platform.openai.com/docs/api-reference/chat/streaming and
https://openrouter.ai/docs/api-reference/overview (usage.cost, errors in mid-stream).
"""

import json
from typing import Any

import msgspec

from medea.kernel.llm.messages import FinishReason, Usage


class FunctionDelta(msgspec.Struct, gc=False):
    """A piece of a call: the name once, the arguments bit by bit or whole."""

    name: str | None = None
    arguments: str | None = None


class ToolDelta(msgspec.Struct, gc=False):
    """A piece of one of several calls, told apart by index; some servers leave out index or id."""

    index: int | None = None
    id: str | None = None
    function: FunctionDelta | None = None


class Delta(msgspec.Struct, gc=False):
    """The members of a delta that say anything; reasoning is only a sign of life.

    `function_call` is what `tool_calls` was before there could be several.
    """

    content: str | None = None
    reasoning: object = None
    reasoning_content: object = None
    refusal: str | None = None
    tool_calls: list[ToolDelta] | None = None
    function_call: FunctionDelta | None = None


class Choice(msgspec.Struct, gc=False):
    """`message` instead of `delta` is what an answer that is no stream holds."""

    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None


class Chunk(msgspec.Struct, gc=False):
    """The members of a chunk that matter; `usage` and `error` stay as they came."""

    choices: list[Choice] | None = None
    model: str | None = None
    usage: object = None
    error: object = None


_decode = msgspec.json.Decoder(Chunk).decode


class Unreadable(ValueError):
    """The payload is no JSON object."""


def read_chunk(payload: bytes) -> Chunk:
    """Decode one payload.

    Text may hold NUL characters and, from the patient way, lone surrogates: the caller joins those of two
    chunks, then cleans.

    Raises:
        Unreadable: it is no JSON object, also when its lines are read one by one.
    """
    try:
        return _decode(payload)
    except ValueError:
        return _read_patiently(payload)


def _read_patiently(payload: bytes) -> Chunk:
    text = payload.decode("utf-8", "replace")
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from None
    if isinstance(value, list) and value:  # Google wraps errors in a list
        value = value[0]
    if not isinstance(value, dict):
        raise Unreadable("no JSON object")
    choices = value.get("choices")
    return Chunk(
        choices=[_choice(item) for item in choices if isinstance(item, dict)] if isinstance(choices, list) else None,
        model=_text(value.get("model")),
        usage=value.get("usage"),
        error=value.get("error"),
    )


def _choice(value: dict[str, Any]) -> Choice:
    delta, message = value.get("delta"), value.get("message")
    return Choice(
        delta=_delta(delta) if isinstance(delta, dict) else None,
        message=_delta(message) if isinstance(message, dict) else None,
        finish_reason=_text(value.get("finish_reason")),
    )


def _delta(value: dict[str, Any]) -> Delta:
    content = value.get("content")
    if isinstance(content, list):  # typed parts, as Mistral's reasoning models send them
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
        reasoning: object = value.get("reasoning") or not content
    else:
        reasoning = value.get("reasoning")
    return Delta(
        content=_text(content),
        reasoning=reasoning,
        reasoning_content=value.get("reasoning_content"),
        refusal=_text(value.get("refusal")),
        tool_calls=_tool_deltas(value.get("tool_calls")),
        function_call=_function(value.get("function_call")),
    )


def _tool_deltas(value: object) -> list[ToolDelta] | None:
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return None
    return [
        ToolDelta(_count(item.get("index")), _text(item.get("id")), _function(item.get("function")))
        for item in value
        if isinstance(item, dict)
    ]


def _function(value: object) -> FunctionDelta | None:
    """Read a piece of a call; arguments that are no text are JSON themselves, as Ollama's own dialect has them."""
    if not isinstance(value, dict):
        return None
    arguments = value.get("arguments")
    if arguments is not None and not isinstance(arguments, str):
        arguments = json.dumps(arguments)
    return FunctionDelta(_text(value.get("name")), arguments)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def read_usage(value: object) -> Usage | None:
    """Read a `usage` member; None where it has no counts.

    `cost` is what OpenRouter bills in US dollars; with the customer's own key at the upstream provider that
    provider's bill is in `cost_details.upstream_inference_cost`.
    """
    if not isinstance(value, dict):
        return None
    prompt, completion = _count(value.get("prompt_tokens")), _count(value.get("completion_tokens"))
    if prompt is None and completion is None:
        return None
    details = value.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    return Usage(
        input_tokens=prompt or 0,
        output_tokens=completion or 0,
        cached_input_tokens=min(cached or 0, prompt or 0),
        cost_usd=_cost(value),
    )


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return None
    return int(value)


def _cost(usage: dict[str, Any]) -> float | None:
    cost = _money(usage.get("cost"))
    details = usage.get("cost_details")
    if usage.get("is_byok") is True and isinstance(details, dict):
        upstream = _money(details.get("upstream_inference_cost"))
        if upstream is not None:
            return (cost or 0.0) + upstream
    return cost


def _money(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        return None
    return float(value)


_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "tool_call": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
}


def read_reason(value: str) -> FinishReason:
    """Put a provider's finish reason into our few words."""
    return _REASONS.get(value.lower(), "other")
