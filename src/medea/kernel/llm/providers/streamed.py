"""Follow one answer from its bytes to its text, without any input or output of its own; what all dialects share.

The same bytes give the same text, end and failure however they are cut; property tests say so.
"""

from abc import ABC, abstractmethod

from medea.kernel.llm.errors import ModelError, ModelInterrupted, ModelUnavailable
from medea.kernel.llm.messages import Finish, FinishReason, ModelEvent, Usage, estimate_tokens
from medea.kernel.llm.providers.chunks import ToolDelta, Unreadable
from medea.kernel.llm.providers.failures import scrub
from medea.kernel.llm.providers.sse import EventTooLarge, SseDecoder
from medea.kernel.llm.providers.toolcalls import ToolCalls, TooManyCalls

_SPACE = b" \t\r\n\xef\xbb\xbf"


class StreamedAnswer(ABC):
    """The state of one answer. A dialect says in `_read_event` what an event means.

    What the body is, its first character tells: `{` or `[` an answer that is no stream (or an error with
    status 200), `<` a proxy's page, anything else server-sent events. Content types are not to be trusted.

    Attributes:
        events: tool calls, as far as they were seen and not taken yet; the reader empties the list.
        is_alive: text, reasoning or a tool call was seen.
        is_done: nothing more is to come.
        failure: what went wrong; the text before it stays valid.
        reason: the finish reason, once seen.
    """

    __slots__ = (
        "_body", "_body_size", "_calls", "_chars", "_high", "_key", "_max_body", "_max_chars", "_model", "_sse",
        "_usage", "events", "failure", "is_alive", "is_done", "reason",
    )  # fmt: skip

    def __init__(self, *, max_event_bytes: int, max_chars: int, key: str | None = None) -> None:
        self.is_alive = False
        self.is_done = False
        self.events: list[ModelEvent] = []
        self.failure: ModelError | None = None
        self.reason: FinishReason | None = None
        self._sse: SseDecoder | None = None
        self._body: list[bytes] = []
        self._body_size = 0
        self._max_body = max_event_bytes
        self._max_chars = max_chars
        self._calls: ToolCalls | None = None
        self._chars = 0
        self._key = key
        self._high = ""
        self._model: str | None = None
        self._usage: Usage | None = None

    def feed(self, data: bytes) -> str:
        """Take bytes from the network; return the text that they complete, perhaps none; calls go to `events`."""
        sse = self._sse
        if sse is None:
            return self._feed_unknown(data)
        try:
            events = sse.feed(data)
        except EventTooLarge:
            return self._fail(ModelInterrupted(upstream="one event of the stream was too large"))
        return self._read_events(events)

    def end(self) -> str:
        """Take note that the connection has ended; return the last text.

        Without `[DONE]` an answer is complete if it gave a finish reason, and broken off if it did not.
        """
        if self.is_done:
            return ""
        text = self._read_events(self._sse.end()) if self._sse is not None else self._read_body()
        if not self.is_done:
            if self.reason is None:
                text += self._fail(ModelInterrupted())
            else:
                text += self._complete()
        return text

    def finish(self, *, provider: str, model: str, prompt_tokens: int) -> Finish:
        """Sum up a complete answer; counts that the provider kept to itself are estimated.

        Args:
            provider: id of the provider.
            model: the name that was asked for, in case the provider does not say which it used.
            prompt_tokens: estimate for the prompt.
        """
        written = self._chars + (self._calls.size if self._calls is not None else 0)
        usage = self._usage or Usage(prompt_tokens, (written + 3) // 4, is_estimated=True)
        return Finish(self.reason or "stop", usage, self._model or model, provider)

    def _feed_unknown(self, data: bytes) -> str:
        if not self._body:
            start = data.lstrip(_SPACE)
            if start and start[:1] not in b"{[<":
                self._sse = SseDecoder(self._max_body)
                return self.feed(start)
            if not start:
                return ""
        self._body.append(data)
        self._body_size += len(data)
        if self._body_size > self._max_body:
            return self._fail(ModelUnavailable(upstream="the answer was too large"))
        return ""

    def _read_body(self) -> str:
        body = b"".join(self._body).lstrip(_SPACE)
        if not body:
            return self._fail(ModelInterrupted(upstream="the answer was empty"))
        if body[:1] == b"<":
            return self._fail(ModelUnavailable(upstream="the provider sent an HTML page"))
        text = self._read_event(body)
        if self.failure is None and self.reason is None:
            text += self._fail(ModelUnavailable(upstream=scrub(body[:400].decode("utf-8", "replace"), self._key)))
        return text

    def _read_events(self, events: list[bytes]) -> str:
        if len(events) == 1:
            return self._read_event(events[0])
        texts = []
        for event in events:
            texts.append(self._read_event(event))
            if self.is_done:
                break
        return "".join(texts)

    @abstractmethod
    def _read_event(self, event: bytes) -> str:
        """Take the data of one event, or a body that is no stream; return its text."""

    def _read_lines(self, event: bytes, error: Unreadable) -> str:
        """Some servers end an event with one newline; then several were taken for one."""
        lines = event.split(b"\n")
        if len(lines) > 1:
            return self._read_events(lines)
        if not event.strip():
            return ""
        return self._fail(ModelInterrupted(upstream=f"unreadable event: {error}"))

    def _take_text(self, content: str) -> str:
        """Return text that can be stored and sent, cut where the answer is too long."""
        self.is_alive = True
        if "\x00" in content:
            content = content.replace("\x00", "")
        if self._high or not content.isascii():
            content = self._join_surrogates(content)
        self._chars += len(content)
        if self._chars > self._max_chars:
            self.reason = "length"
            self.is_done = True
            return content[: len(content) - (self._chars - self._max_chars)]
        return content

    def _take_calls(self, deltas: list[ToolDelta], *, is_whole: bool) -> None:
        """Take pieces of calls, or whole ones."""
        self.is_alive = True
        if self._calls is None:
            self._calls = ToolCalls(self.events)
        try:
            self._calls.take(deltas, is_whole=is_whole)
        except TooManyCalls:
            self.reason = "length"
            self._complete()

    def _join_surrogates(self, content: str) -> str:
        """Join a surrogate pair that was cut in two by JSON escapes; replace what stays alone."""
        content = self._high + content
        self._high = ""
        if content and "\ud800" <= content[-1] <= "\udbff":
            self._high = content[-1]
            content = content[:-1]
        return clean(content)

    def _complete(self) -> str:
        self.is_done = True
        if self._calls:
            self._calls.finish()
            if self.reason in {None, "stop", "other"}:
                self.reason = "tool_calls"
        return self._flush()

    def _fail(self, failure: ModelError) -> str:
        self.failure = failure
        self.is_done = True
        return self._flush()

    def _flush(self) -> str:
        held, self._high = self._high, ""
        return "\ufffd" if held else ""


def clean(text: str) -> str:
    """Join surrogate pairs and replace lone surrogates."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def count_prompt_tokens(texts: list[str]) -> int:
    """Estimate the tokens of a prompt; three per message are for the roles."""
    return sum(estimate_tokens(text) + 3 for text in texts)
