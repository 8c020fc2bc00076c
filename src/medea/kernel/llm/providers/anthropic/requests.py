"""The rules of Anthropic's list of messages: user and assistant take turns, nothing is empty, results come first.

https://docs.claude.com/en/api/messages and its guide to tool use.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from medea.kernel.llm.messages import CalledTool, ChatMessage, ModelRequest, ToolDefinition

Blocks = list[dict[str, Any]]

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_NOTHING = "…"
"""Where a message must not be empty and is."""


def system_blocks(request: ModelRequest) -> Blocks:
    """Return the instructions and, last, the sources to answer from."""
    texts = [message.content for message in request.messages if message.role == "system"]
    if request.sources is not None:
        texts.append(request.sources.as_instructions())
    return [_text(text) for text in texts if text.strip()]


def turns(request: ModelRequest, *, with_calls: bool) -> list[dict[str, Any]]:
    """Return examples and conversation, the messages of one side in a row joined to one.

    Args:
        request: what is asked.
        with_calls: whether calls of tools and their results are told; without tools they must not be.
    """
    made: list[dict[str, Any]] = []
    for example in request.examples:
        _add(made, "user", [_text(example.user)])
        _add(made, "assistant", [_text(example.assistant)])
    for message in request.messages:
        if message.role != "system":
            _add(made, "assistant" if message.role == "assistant" else "user", _blocks(message, with_calls=with_calls))
    if not made or made[0]["role"] == "assistant":  # the visitor's side has the first word
        made.insert(0, {"role": "user", "content": []})
    if made[-1]["role"] == "assistant":  # and the last: newer models refuse to go on with an answer given to them
        made.append({"role": "user", "content": []})
    for turn in made:
        turn["content"] = _ordered(turn["content"]) or [_text(_NOTHING)]
    return made


def _add(made: list[dict[str, Any]], role: str, blocks: Blocks) -> None:
    if made and made[-1]["role"] == role:
        made[-1]["content"] += blocks
    else:
        made.append({"role": role, "content": blocks})


def _blocks(message: ChatMessage, *, with_calls: bool) -> Blocks:
    if message.role == "tool":
        result = {"type": "tool_result", "tool_use_id": call_id(message.call_id or ""), "content": message.content}
        return [result] if with_calls else []
    said = [_text(message.content)]
    return [*said, *map(_called, message.calls)] if with_calls else said


def _called(call: CalledTool) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id(call.id), "name": call.name, "input": _input(call.arguments)}


def _input(arguments: str) -> dict[str, Any]:
    """Return the arguments as the object that they must be; what the model wrote wrongly is kept as text."""
    try:
        value = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return {"arguments": arguments}
    return value if isinstance(value, dict) else {"arguments": value}


def call_id(given: str) -> str:
    """Return an id that Anthropic takes; the same for the same, for other providers' ids hold other characters."""
    if _ID.fullmatch(given):
        return given
    return "call_" + hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _ordered(blocks: Blocks) -> Blocks:
    """Put results first, as they must be, and leave empty texts out."""
    kept = [block for block in blocks if block["type"] != "text" or block["text"].strip()]
    return sorted(kept, key=lambda block: block["type"] != "tool_result")


def tools(definitions: Iterable[ToolDefinition]) -> list[dict[str, Any]]:
    """Return the tools; their schemas must say that they are of objects."""
    return [
        {
            "name": tool.name,
            "description": tool.description,
            "input_schema": {"type": "object", **tool.parameters},
        }
        for tool in definitions
    ]
