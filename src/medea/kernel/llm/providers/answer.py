"""Follow one answer of OpenAI's chat completions."""

from medea.kernel.llm.errors import ModelContentFiltered, ModelInterrupted
from medea.kernel.llm.providers.chunks import (
    Choice,
    Chunk,
    Delta,
    ToolDelta,
    Unreadable,
    read_chunk,
    read_reason,
    read_usage,
)
from medea.kernel.llm.providers.failures import failure_from_object
from medea.kernel.llm.providers.streamed import StreamedAnswer, clean


class ChatAnswer(StreamedAnswer):
    """The state of one answer; see `StreamedAnswer`."""

    __slots__ = ()

    def _read_event(self, event: bytes) -> str:
        if self.is_done:
            return ""
        if event[:6] == b"[DONE]":
            if not self.is_alive and self.reason is None and self._model is None:
                return self._fail(ModelInterrupted(upstream="the answer was empty"))
            return self._complete()
        try:
            chunk = read_chunk(event)
        except Unreadable as error:
            return self._read_lines(event, error)
        return self._read_chunk(chunk)

    def _read_chunk(self, chunk: Chunk) -> str:
        if chunk.error:
            return self._fail(failure_from_object(chunk.error, key=self._key))
        if chunk.usage is not None:
            self._usage = read_usage(chunk.usage) or self._usage
        if self._model is None and chunk.model:
            self._model = clean(chunk.model)[:200]
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        text = self._read_choice(choice)
        if choice.finish_reason:
            text += self._note_reason(choice.finish_reason)
        return text

    def _read_choice(self, choice: Choice) -> str:
        delta: Delta | None = choice.delta or choice.message
        if delta is None:
            return ""
        content = delta.content or delta.refusal
        if delta.tool_calls or delta.function_call:
            deltas = delta.tool_calls or [ToolDelta(0, None, delta.function_call)]
            self._take_calls(deltas, is_whole=choice.delta is None)
        if not content:
            if delta.reasoning or delta.reasoning_content:
                self.is_alive = True
            return ""
        return self._take_text(content)

    def _note_reason(self, word: str) -> str:
        if word == "error":  # OpenRouter, beside an `error` member that some gateways drop
            return self._fail(ModelInterrupted())
        self.reason = read_reason(word)
        if self.reason == "content_filter" and not self._chars and self._calls is None:
            return self._fail(ModelContentFiltered())
        return ""
