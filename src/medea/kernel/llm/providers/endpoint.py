"""Where a provider's chat completions are, and which of OpenAI's parameters it takes.

Both are learnt: a base URL may lack its `/v1`, and servers differ in what they refuse. What one refused is
not sent to that model again.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from medea.kernel.llm.config import CallLimits
from medea.kernel.llm.messages import ChatMessage, ModelRequest, ToolDefinition
from medea.kernel.llm.providers.answer import ChatAnswer
from medea.kernel.text import clean_value

_PATH = "/chat/completions"
_VERSION = re.compile(r"v\d+\w*")
_UNSUPPORTED = (b"unsupported", b"not support", b"extra", b"unrecognized", b"unknown", b"not permitted", b"only the")
_ADAPTABLE = ("max_completion_tokens", "max_tokens", "stream_options", "temperature", "stop", "tool_choice")
_NO_TOOLS = re.compile(
    rb"(?:not|n't) (?:\w+ ){0,3}(?:support|allow|accept)\w* (?:\w+ ){0,3}(?:tool|function)"
    rb"|(?:tools?|functions?)[\w\"'` -]{0,30} (?:is|are) not (?:\w+ )?(?:supported|allowed|permitted|available)"
    rb"|unsupported[\w :\"'`]{0,30}tools|(?:unrecognized|unknown|extra)[\w :\"'`]{0,40}[\"'`]tools[\"'`]"
)
"""A server or model that cannot call tools; not one that finds fault with the schema of a tool."""


def completion_urls(base_url: str, method: str = _PATH) -> tuple[str, ...]:
    """Addresses to try for a base URL, best first.

    Args:
        base_url: as people give it.
        method: path of the call behind the version, with its slash.

    A path with a version in it (`/api/v1`, `/v1beta/openai`) is complete. Otherwise `/v1` belongs between,
    except for the few providers that go without: they are tried second, when the first answers 404.
    """
    try:
        parts = urlsplit(base_url.strip())
    except ValueError:  # the call will say so
        return (base_url,)
    path = parts.path.rstrip("/")
    if path.endswith(method):
        paths = [path]
    elif any(_VERSION.fullmatch(segment) for segment in path.split("/")):
        paths = [path + method]
    else:
        paths = [f"{path}/v1{method}", path + method]
    return tuple(urlunsplit((parts.scheme, parts.netloc, each, parts.query, "")) for each in paths)


class Endpoint:
    """What is known about one provider's endpoint so far."""

    __slots__ = ("_index", "_limit_name", "_refused", "_urls")

    def __init__(self, base_url: str) -> None:
        self._urls = completion_urls(base_url)
        self._index = 0
        # OpenAI's newer models refuse `max_tokens`, most other servers know nothing else.
        host = _host(self._urls[0])
        newer = host == "api.openai.com" or host.endswith(".openai.azure.com")
        self._limit_name = "max_completion_tokens" if newer else "max_tokens"
        self._refused: dict[str, set[str]] = {}

    @property
    def url(self) -> str:
        """Address of the next call."""
        return self._urls[self._index]

    def headers(self, key: str | None) -> Mapping[str, str]:
        """Return the credential; servers that want none get none."""
        return {"Authorization": f"Bearer {key}"} if key else {}

    def answer(self, limits: CallLimits, key: str | None) -> ChatAnswer:
        """Return what follows one answer."""
        return ChatAnswer(max_event_bytes=limits.max_event_bytes, max_chars=limits.max_answer_chars, key=key)

    def body(self, request: ModelRequest, model: str) -> bytes:
        """Write the request as JSON: system messages, sources, examples, conversation."""
        system = [m for m in request.messages if m.role == "system"]
        rest = [m for m in request.messages if m.role != "system"]
        messages: list[dict[str, Any]] = [{"role": m.role, "content": m.content} for m in system]
        if request.sources is not None:
            messages.append({"role": "system", "content": request.sources.as_instructions()})
        for example in request.examples:
            messages.append({"role": "user", "content": example.user})
            messages.append({"role": "assistant", "content": example.assistant})
        has_tools = bool(request.tools) and "tools" not in self._refused.get(model, ())
        messages += [_message(m) for m in (rest if has_tools else without_calls(rest))]
        body: dict[str, Any] = {
            "model": model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.temperature is not None:
            body["temperature"] = request.temperature
        if request.max_output_tokens is not None:
            body[self._limit_name] = request.max_output_tokens
        if request.stop:
            body["stop"] = list(request.stop)
        if has_tools:
            body["tools"] = [_tool(tool) for tool in request.tools]
            if request.tool_choice != "auto":
                body["tool_choice"] = request.tool_choice
        self._adapt(body, model)
        try:
            return msgspec.json.encode(body)
        except UnicodeEncodeError:  # a lone surrogate from a client
            return msgspec.json.encode(clean_value(body))

    def _adapt(self, body: dict[str, Any], model: str) -> None:
        for name in self._refused.get(model, ()):
            value = body.pop(name, None)
            if value is None:
                continue
            other = _other_limit(name)
            if other is not None and other not in self._refused[model]:
                body[other] = value

    def learn(self, status: int, answer: bytes, model: str, *, sent: bytes, url: str) -> bool:
        """Learn from a refusal; True if the next call will differ from the one that was refused.

        Args:
            status: HTTP status of the refusal.
            answer: its body.
            model: the model asked for.
            sent: body of the refused request.
            url: where it went; another call may have learnt meanwhile.
        """
        if status in {404, 405} and b"model" not in answer and len(self._urls) > 1:
            is_first = url == self._urls[0]
            self._index = 1 if is_first else 0  # neither is right: begin anew with the next call
            return is_first
        if status not in {400, 422}:
            return False
        name = _refused_parameter(answer, sent)
        refused = self._refused.setdefault(model, set())
        if name is None:
            return False
        refused.add(name)
        return True


def _message(message: ChatMessage) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.call_id, "content": message.content}
    if not message.calls:
        return {"role": message.role, "content": message.content}
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in message.calls
    ]
    return {"role": message.role, "content": message.content or None, "tool_calls": calls}


def without_calls(messages: list[ChatMessage]) -> list[ChatMessage]:
    """Leave out what a model without tools does not understand: many servers refuse it."""
    kept = [m for m in messages if m.role != "tool" and (m.content or not m.calls)]
    return [ChatMessage(m.role, m.content) if m.calls else m for m in kept]


def _tool(tool: ToolDefinition) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _other_limit(name: str) -> str | None:
    return {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}.get(name)


def _refused_parameter(answer: bytes, sent: bytes) -> str | None:
    """Name the parameter that a 400 or 422 is about, by OpenAI's `param` or by its mention in the words."""
    if b'"tools"' in sent and _NO_TOOLS.search(answer.lower()):
        return "tools"
    named = re.search(rb'"param"\s*:\s*"(\w+)', answer)
    words = answer.lower()
    if not any(word in words for word in _UNSUPPORTED):
        return None
    if named and named.group(1).decode() in _ADAPTABLE:
        name = named.group(1).decode()
        return name if b'"%s"' % name.encode() in sent else None
    for name in _ADAPTABLE:  # the longer name first: it contains no other
        if name.encode() in words and b'"%s"' % name.encode() in sent:
            return name
    return None
