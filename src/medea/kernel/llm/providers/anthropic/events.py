"""One event of a Messages stream, read fast when it is ordinary and patiently when it is odd.

Format: https://docs.claude.com/en/docs/build-with-claude/streaming. Members that we do not know are skipped, and so
are types of events, blocks and deltas: new ones come without a new version of the API.
"""

import json

import msgspec

from medea.kernel.llm.messages import FinishReason, Usage
from medea.kernel.llm.providers.chunks import Unreadable


class Block(msgspec.Struct, gc=False):
    """A piece of an answer's content: `text`, `tool_use`, `thinking` and others."""

    type: str | None = None
    text: str | None = None
    id: str | None = None
    name: str | None = None
    input: object = None


class BlockDelta(msgspec.Struct, gc=False):
    """What a block grows by, or how the message ended."""

    type: str | None = None
    text: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class Message(msgspec.Struct, gc=False):
    """An answer: its head where it is streamed, all of it where not."""

    model: str | None = None
    usage: object = None


class Event(msgspec.Struct, gc=False):
    """One event; the last three members are of an answer that is no stream (`type` is then `message`)."""

    type: str | None = None
    index: int | None = None
    delta: BlockDelta | None = None
    content_block: Block | None = None
    message: Message | None = None
    usage: object = None
    error: object = None
    content: list[Block] | None = None
    model: str | None = None
    stop_reason: str | None = None


_decode = msgspec.json.Decoder(Event).decode


def read_event(payload: bytes) -> Event:
    """Decode one payload. Text may hold NUL characters and lone surrogates, as in `chunks.read_chunk`.

    Raises:
        Unreadable: it is no JSON object, or a member is of a kind that it cannot be.
    """
    try:
        return _decode(payload)
    except ValueError:
        pass
    try:
        value = json.loads(payload.decode("utf-8", "replace"), strict=False)
        return msgspec.convert(value, Event, strict=False)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from None


def read_usage(value: object, before: Usage | None) -> Usage | None:
    """Read a `usage` member; counts are cumulative, and what one event leaves out an earlier one has said.

    Anthropic counts what it read from its cache, and what it wrote there, beside `input_tokens`; here they are
    parts of the input.
    """
    if not isinstance(value, dict):
        return before
    known = before or Usage(0, 0)
    plain = known.input_tokens - known.cached_input_tokens - known.cache_write_tokens
    fresh = _count(value.get("input_tokens"), plain)
    read = _count(value.get("cache_read_input_tokens"), known.cached_input_tokens)
    written = _count(value.get("cache_creation_input_tokens"), known.cache_write_tokens)
    return Usage(
        input_tokens=fresh + read + written,
        output_tokens=_count(value.get("output_tokens"), known.output_tokens),
        cached_input_tokens=read,
        cache_write_tokens=written,
    )


def _count(value: object, otherwise: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return otherwise
    return int(value)


_REASONS: dict[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def read_reason(value: str) -> FinishReason:
    """Put a stop reason into our few words."""
    return _REASONS.get(value, "other")
