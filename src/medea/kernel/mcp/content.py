"""What a tool gave, as a model is told it: text and data as they are, everything else in words."""

from typing import Any

import mcp_types as wire

from medea.kernel.mcp.values import ToolAnswer

ASKS = (
    "The tool asked for something that only a person at its own screen can give, which is not possible here. "
    "Go on without it, or give it as an argument if there is one for it."
)


def asked_back(answer: ToolAnswer) -> ToolAnswer:
    """Return the answer of a tool that failed because what it asked back was refused, with words that help."""
    return ToolAnswer(f"{answer.value}\n{ASKS}", is_error=True) if answer.is_error else answer


def read_result(result: wire.CallToolResult | wire.InputRequiredResult) -> ToolAnswer:
    """Return a result, JSON-like."""
    if isinstance(result, wire.InputRequiredResult):
        return ToolAnswer(ASKS, is_error=True)
    parts = [_part(block) for block in result.content]
    texts = "\n".join(parts).strip()
    if result.is_error:
        return ToolAnswer(texts or "The tool failed without saying why.", is_error=True)
    if result.structured_content is None:
        return ToolAnswer(texts)
    others = [
        part for part, block in zip(parts, result.content, strict=True) if not isinstance(block, wire.TextContent)
    ]
    data = result.structured_content
    return ToolAnswer({"data": data, "also": others} if others else data)


def _part(block: wire.ContentBlock) -> str:
    match block:
        case wire.TextContent():
            return block.text
        case wire.ImageContent():
            return f"[an image, {block.mime_type}, {_size(block.data)}; it cannot be shown here]"
        case wire.AudioContent():
            return f"[a recording, {block.mime_type}, {_size(block.data)}; it cannot be played here]"
        case wire.ResourceLink():
            about = ": ".join(filter(None, (block.title or block.name, block.description)))
            return f"[a link to a resource: {about}, {block.uri}]"
        case wire.EmbeddedResource():
            return _resource(block.resource)


def _resource(resource: Any) -> str:
    kind = resource.mime_type or "unknown kind"
    if isinstance(resource, wire.TextResourceContents):
        return f"[resource {resource.uri}, {kind}]\n{resource.text}"
    return f"[resource {resource.uri}, {kind}, {_size(resource.blob)}; it cannot be shown here]"


def _size(data: str) -> str:
    return f"{max(1, round(len(data) * 3 / 4 / 1000))} kB"
