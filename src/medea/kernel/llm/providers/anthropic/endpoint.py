"""Where a provider's Messages are, and what its models take.

Both are learnt, as for OpenAI's dialect: what a model refused is not sent to it again, and of the length of answers
it is asked for no more than it said it gives.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from medea.kernel.llm.config import CallLimits
from medea.kernel.llm.messages import ModelRequest
from medea.kernel.llm.providers.anthropic.answer import MessagesAnswer
from medea.kernel.llm.providers.anthropic.requests import system_blocks, tools, turns
from medea.kernel.llm.providers.endpoint import completion_urls
from medea.kernel.text import clean_value

VERSION = "2023-06-01"
MAX_TOKENS = 8192
"""Where nobody set a length: the API wants one. A model that gives less says so, and is asked for that."""

_PATH = "/messages"
_TOO_MANY = re.compile(rb"max_tokens: \d+ > (\d+)")
_UNSUPPORTED = (b"not support", b"unsupported", b"not permitted", b"deprecated", b"not available", b"not allowed")
_ADAPTABLE = ("temperature", "stop_sequences", "tool_choice")
_CHOICES = {"none": "none", "required": "any"}


class MessagesEndpoint:
    """What is known about one provider's endpoint so far."""

    __slots__ = ("_index", "_longest", "_refused", "_urls")

    def __init__(self, base_url: str) -> None:
        self._urls = completion_urls(base_url, _PATH)
        self._index = 0
        self._refused: dict[str, set[str]] = {}
        self._longest: dict[str, int] = {}

    @property
    def url(self) -> str:
        """Address of the next call."""
        return self._urls[self._index]

    def headers(self, key: str | None) -> Mapping[str, str]:
        """Return the version of the API and the credential."""
        version = {"anthropic-version": VERSION}
        return {**version, "x-api-key": key} if key else version

    def answer(self, limits: CallLimits, key: str | None) -> MessagesAnswer:
        """Return what follows one answer."""
        return MessagesAnswer(max_event_bytes=limits.max_event_bytes, max_chars=limits.max_answer_chars, key=key)

    def body(self, request: ModelRequest, model: str) -> bytes:
        """Write the request as JSON: instructions and sources, tools, examples, conversation."""
        longest = self._longest.get(model, request.max_output_tokens or MAX_TOKENS)
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": min(longest, request.max_output_tokens or longest),
            "stream": True,
            "messages": turns(request, with_calls=bool(request.tools)),
        }
        if system := system_blocks(request):
            body["system"] = system
        if request.temperature is not None:
            body["temperature"] = min(request.temperature, 1.0)
        if stop := [text for text in request.stop if text.strip()]:
            body["stop_sequences"] = stop
        if request.tools:
            body["tools"] = tools(request.tools)
            if request.tool_choice in _CHOICES:
                body["tool_choice"] = {"type": _CHOICES[request.tool_choice]}
        for name in self._refused.get(model, ()):
            body.pop(name, None)
        try:
            return msgspec.json.encode(body)
        except UnicodeEncodeError:  # a lone surrogate from a client
            return msgspec.json.encode(clean_value(body))

    def learn(self, status: int, answer: bytes, model: str, *, sent: bytes, url: str) -> bool:
        """Learn from a refusal; True if the next call will differ from the one that was refused."""
        if status in {404, 405} and b"model" not in answer and len(self._urls) > 1:
            is_first = url == self._urls[0]
            self._index = 1 if is_first else 0  # neither is right: begin anew with the next call
            return is_first
        if status not in {400, 422}:
            return False
        if found := _TOO_MANY.search(answer):
            before, self._longest[model] = self._longest.get(model), int(found.group(1))
            return before != self._longest[model]
        words = answer.lower()
        if not any(word in words for word in _UNSUPPORTED):
            return False
        for name in _ADAPTABLE:
            if name.encode() in words and b'"%s"' % name.encode() in sent:
                self._refused.setdefault(model, set()).add(name)
                return True
        return False
