"""Put the calls of one answer together from their pieces.

OpenAI names each piece's call by index and sends id and name with the first. Servers that follow it loosely send
every call whole, leave out the index or give all calls the same, leave out the id or repeat it, or write a new call
where the last one is complete. Whatever they do, each call has an id of its own here.
"""

import json

from medea.kernel.llm.messages import ModelEvent, ToolCall, ToolCallDelta, ToolCallStart
from medea.kernel.llm.providers.chunks import FunctionDelta, ToolDelta

MAX_CALLS = 64
MAX_ARGUMENTS = 200_000
"""Characters of all arguments of an answer together."""

_NAME = 100
_ID = 200
_NONE = FunctionDelta()


class TooManyCalls(Exception):
    """The answer calls more, or with more, than is bearable."""


class _Call:
    __slots__ = ("given_id", "held", "id", "index", "name", "pieces")

    def __init__(self, index: int, given_id: str | None, unique_id: str) -> None:
        self.index = index
        self.given_id = given_id
        self.id = unique_id
        self.name = ""
        self.pieces: list[str] = []
        self.held = ""

    @property
    def arguments(self) -> str:
        return "".join(self.pieces)

    @property
    def is_whole(self) -> bool:
        """Whether the arguments are complete JSON."""
        if not self.pieces:
            return False
        try:
            json.loads(self.arguments, strict=False)
        except (ValueError, RecursionError):
            return False
        return True


class ToolCalls:
    """The calls of one answer as they come in.

    Args:
        events: where to put what is learnt.

    Attributes:
        size: characters of all arguments.
    """

    __slots__ = ("_calls", "_events", "_ids", "size")

    def __init__(self, events: list[ModelEvent]) -> None:
        self._calls: list[_Call] = []
        self._ids: set[str] = set()
        self.size = 0
        self._events = events

    def __bool__(self) -> bool:
        return bool(self._calls)

    def take(self, deltas: list[ToolDelta], *, is_whole: bool) -> None:
        """Take pieces in.

        Args:
            deltas: of one chunk.
            is_whole: they are of an answer that is no stream: each is a call of its own.

        Raises:
            TooManyCalls: more than there may be.
        """
        for delta in deltas:
            function = delta.function or _NONE
            call = self._new(delta) if is_whole else self._find(delta, function)
            self._add(call, function)

    def finish(self) -> None:
        """Note that no more is to come: all calls are complete."""
        for call in self._calls:
            if call.name:
                if call.held:
                    call.held = ""
                    self._append(call, "\ufffd")
                self._events.append(ToolCall(call.id, call.name, call.arguments or "{}"))

    def _find(self, delta: ToolDelta, function: FunctionDelta) -> _Call:
        index = delta.index
        if index is None:
            last = self._calls[-1] if self._calls else None
        else:
            last = next((call for call in reversed(self._calls) if call.index == index), None)
        if last is None or self._is_another(last, delta, function):
            return self._new(delta)
        return last

    @staticmethod
    def _is_another(last: _Call, delta: ToolDelta, function: FunctionDelta) -> bool:
        """Say whether a piece begins another call under the same index, or under none."""
        if not function.name or not last.name:
            return False
        if delta.id and last.given_id:
            return delta.id != last.given_id
        return last.is_whole

    def _new(self, delta: ToolDelta) -> _Call:
        if len(self._calls) >= MAX_CALLS:
            raise TooManyCalls
        number = len(self._calls)
        unique = given = _clean(delta.id or "")[:_ID] or f"call_{number}"
        while unique in self._ids:
            number += 1
            unique = f"{given}_{number}"
        self._ids.add(unique)
        call = _Call(len(self._calls) if delta.index is None else delta.index, delta.id or None, unique)
        self._calls.append(call)
        return call

    def _add(self, call: _Call, function: FunctionDelta) -> None:
        if function.name and not call.name:
            call.name = _clean(function.name)[:_NAME]
            if call.name:
                self._events.append(ToolCallStart(call.id, call.name))
                if call.pieces:
                    self._events.append(ToolCallDelta(call.id, call.arguments))
        if function.arguments:
            self._append(call, function.arguments)

    def _append(self, call: _Call, text: str) -> None:
        if not text.isascii() or call.held:
            text, call.held = call.held + text, ""
            if "\ud800" <= text[-1] <= "\udbff":
                text, call.held = text[:-1], text[-1]
            text = _clean(text)
        text = text.replace("\x00", "")
        if not text:
            return
        self.size += len(text)
        if self.size > MAX_ARGUMENTS:
            raise TooManyCalls
        call.pieces.append(text)
        if call.name:
            self._events.append(ToolCallDelta(call.id, text))


def _clean(text: str) -> str:
    """Join surrogate pairs, replace lone surrogates, remove NUL."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "")
