"""What goes into a model call and what comes out of it.

Events are made once per network read, not once per token: text that arrived together is one `TextDelta`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from medea.kernel.llm.sources import Sources

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "content_filter", "tool_calls", "other"]


@dataclass(frozen=True, slots=True)
class CalledTool:
    """A call that the model made in an earlier message.

    Attributes:
        id: as the provider named it, or as it was named for it.
        name: of the tool.
        arguments: JSON text, as the model wrote it.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the conversation as the model sees it.

    Attributes:
        role: `tool` for what a call returned.
        content: text; may be empty where the message only calls tools.
        calls: of an assistant's message; each is answered by a message of the role `tool` right behind it.
        call_id: of a tool's message: which call it answers.
    """

    role: Role
    content: str
    calls: tuple[CalledTool, ...] = ()
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolDefinition:
    """A tool as the model is told of it.

    Attributes:
        name: letters, digits, `_` and `-`, at most 64.
        description: when and how to use it.
        parameters: JSON Schema of its arguments, an object.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """A few-shot pair: what a visitor may say, and the answer the builder wants."""

    user: str
    assistant: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call of a model.

    Attributes:
        messages: system messages first, then the conversation; the last one is the user's.
        model: name as the provider knows it; None leaves the choice to the router.
        examples: few-shot pairs, kept apart from the conversation because the offline model answers from
            them; other adapters send them as messages between the system messages and the conversation.
        sources: what to answer from, kept apart for the same reason; other adapters send them as the last of
            the system messages. None: the assistant has no documents.
        temperature: 0..2; None leaves it to the provider.
        max_output_tokens: None leaves it to the provider.
        stop: the answer ends before any of these texts.
        tools: what the model may call; an adapter that knows no tools leaves them out.
        tool_choice: `auto`: the model decides; `none`: it must not call any; `required`: it must.
        first_token: seconds until the first text or reasoning, where that is less than the installation's limit.
        max_attempts: the same for calls that are repeated; both are for requests that another model can take over.
        metadata: for logs and traces; of it only a `traceparent` reaches a provider, where the operator wants that.
    """

    messages: tuple[ChatMessage, ...]
    model: str | None = None
    examples: tuple[Example, ...] = ()
    sources: Sources | None = None
    temperature: float | None = None
    max_output_tokens: int | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[ToolDefinition, ...] = ()
    tool_choice: Literal["auto", "none", "required"] = "auto"
    first_token: float | None = None
    max_attempts: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Tokens and money that one call took.

    Attributes:
        input_tokens: of the prompt, cached ones included.
        output_tokens: of the answer, hidden reasoning included.
        cached_input_tokens: those of the prompt that the provider had in its cache.
        cache_write_tokens: those of the prompt that it put there, where that has a price of its own.
        cost_usd: US dollars; None where neither provider nor price table knows.
        is_estimated: counted by length because the provider reported nothing.
    """

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    cost_usd: float | None = None
    is_estimated: bool = False
    cache_write_tokens: int = 0


class TextDelta(msgspec.Struct, frozen=True, gc=False):
    """More text of the answer; never empty, free of NUL and of lone surrogates."""

    text: str


class ToolCallStart(msgspec.Struct, frozen=True, gc=False):
    """The model begins to call a tool; its arguments follow.

    Attributes:
        call_id: unique within the answer.
        name: as the model wrote it; there may be no such tool.
    """

    call_id: str
    name: str


class ToolCallDelta(msgspec.Struct, frozen=True, gc=False):
    """More of the arguments of a call: a piece of JSON text."""

    call_id: str
    text: str


class ToolCall(msgspec.Struct, frozen=True, gc=False):
    """A call is complete.

    Attributes:
        arguments: JSON text as the model wrote it: perhaps broken; `{}` where it wrote nothing.
    """

    call_id: str
    name: str
    arguments: str


class Finish(msgspec.Struct, frozen=True):
    """The answer is complete; always the last event, and the only one of its kind.

    Attributes:
        reason: why the model stopped.
        usage: what it took.
        model: the name that the provider says it used.
        provider: id of the provider that answered.
    """

    reason: FinishReason
    usage: Usage
    model: str
    provider: str


ModelEvent = TextDelta | ToolCallStart | ToolCallDelta | ToolCall | Finish
"""What a stream yields: text and tool calls, then exactly one `Finish`.

A call is a `ToolCallStart`, any number of `ToolCallDelta` and, before the `Finish`, one `ToolCall`; the events of
several calls may be mixed, the complete calls come in the order in which they began.
"""


def estimate_tokens(text: str) -> int:
    """Estimate tokens by UTF-8 length: four bytes each, which is near for English and high for others."""
    return (len(text.encode("utf-8", "replace")) + 3) // 4
