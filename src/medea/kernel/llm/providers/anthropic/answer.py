"""Follow one answer of Anthropic's Messages."""

import msgspec

from medea.kernel.llm.errors import ModelContentFiltered, ModelInterrupted
from medea.kernel.llm.providers.anthropic.events import (
    Block,
    Event,
    Message,
    read_event,
    read_reason,
    read_usage,
)
from medea.kernel.llm.providers.chunks import FunctionDelta, ToolDelta, Unreadable
from medea.kernel.llm.providers.failures import failure_from_object
from medea.kernel.llm.providers.streamed import StreamedAnswer, clean


class MessagesAnswer(StreamedAnswer):
    """The state of one answer; see `StreamedAnswer`."""

    __slots__ = ("_inputs",)

    def __init__(self, *, max_event_bytes: int, max_chars: int, key: str | None = None) -> None:
        super().__init__(max_event_bytes=max_event_bytes, max_chars=max_chars, key=key)
        self._inputs: dict[int, str] = {}  # of calls that came whole with their block's start

    def _read_event(self, event: bytes) -> str:
        if self.is_done:
            return ""
        if event[:6] == b"[DONE]":  # not Anthropic's; gateways add it
            return self._end()
        try:
            found = read_event(event)
        except Unreadable as error:
            return self._read_lines(event, error)
        delta = found.delta
        if delta is not None and delta.type == "text_delta":
            return self._take_text(delta.text) if delta.text else ""
        return self._read_other(found)

    def _read_other(self, event: Event) -> str:
        match event.type:
            case "content_block_delta":
                self._grow(event)
            case "content_block_start" if event.content_block is not None:
                return self._begin_block(event.index or 0, event.content_block)
            case "content_block_stop":
                self._end_block(event.index or 0)
            case "message_start" if event.message is not None:
                self._note(event.message)
            case "message_delta":
                return self._note_end(event)
            case "message_stop":
                return self._end()
            case "message":
                return self._read_whole(event)
            case _ if event.error:
                return self._fail(failure_from_object(event.error, key=self._key))
        return ""

    def _grow(self, event: Event) -> None:
        self.is_alive = True  # thinking and its signature are signs of life, too
        if event.delta is not None and event.delta.type == "input_json_delta" and event.delta.partial_json:
            index = event.index or 0
            self._inputs.pop(index, None)
            self._take_calls([ToolDelta(index, None, FunctionDelta(None, event.delta.partial_json))], is_whole=False)

    def _begin_block(self, index: int, block: Block) -> str:
        if block.type == "tool_use":
            self._take_calls([ToolDelta(index, block.id, FunctionDelta(block.name))], is_whole=True)
            if isinstance(block.input, dict) and block.input:
                self._inputs[index] = msgspec.json.encode(block.input).decode()
        elif block.type == "text" and block.text:
            return self._take_text(block.text)
        return ""

    def _end_block(self, index: int) -> None:
        whole = self._inputs.pop(index, None)
        if whole is not None:
            self._take_calls([ToolDelta(index, None, FunctionDelta(None, whole))], is_whole=False)

    def _note(self, message: Message) -> None:
        if message.model:
            self._model = clean(message.model)[:200]
        self._usage = read_usage(message.usage, self._usage)

    def _note_end(self, event: Event) -> str:
        self._usage = read_usage(event.usage, self._usage)
        word = event.delta.stop_reason if event.delta is not None else event.stop_reason
        if not word:
            return ""
        self.reason = read_reason(word)
        if self.reason == "content_filter" and not self._chars and self._calls is None:
            return self._fail(ModelContentFiltered())
        return ""

    def _read_whole(self, event: Event) -> str:
        self._note(Message(event.model, event.usage))
        texts = []
        for index, block in enumerate(event.content or ()):
            texts.append(self._begin_block(index, block))
            self._end_block(index)
        text = "".join(texts) + self._note_end(event)
        return text if self.is_done else text + self._end()

    def _end(self) -> str:
        if not self.is_alive and self.reason is None:
            return self._fail(ModelInterrupted(upstream="the answer was empty"))
        for index in tuple(self._inputs):
            self._end_block(index)
        return self._complete()
