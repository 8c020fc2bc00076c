"""From what happened in a turn to the events and the output of one response."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from medea.kernel.ids import TurnId
from medea.modules.conversations.dialects.happenings import (
    Anew,
    Called,
    Came,
    Happening,
    Over,
    Paused,
    Said,
    TextOver,
)
from medea.modules.conversations.dialects.responses.items import (
    Item,
    annotations_of,
    approval_request,
    function_call,
    message,
    own_call,
    text_part,
    usage_of,
)

Event = dict[str, Any]
"""An event without its number."""

_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}
_ERRORS = {"llm.rate_limited": "rate_limit_exceeded", "billing.budget_exhausted": "rate_limit_exceeded"}


@dataclass(slots=True)
class Encoder:
    """One response as it comes in.

    Attributes:
        turn: which it is a part of.
        segment: which part: how often somebody outside had answered before.
        head: the response but for status, output, usage and error.
        output: its items so far.
        place: the part that is being told now.
        text: of the message that is open; None: none is.
        calls: of the agent's tools, not ended yet: place in the output, by the call's id.
        status: as the last event has it.
        has_ended: nothing more belongs to this response.
    """

    turn: TurnId
    segment: int
    head: Item
    output: list[Item] = field(default_factory=list)
    place: int = 0
    text: str | None = None
    calls: dict[str, tuple[int, Called]] = field(default_factory=dict)
    status: str = "in_progress"
    usage: Item | None = None
    error: Item | None = None
    incomplete: str | None = None
    has_ended: bool = False

    def response(self) -> Item:
        """Return the response as it is now."""
        return self.head | {
            "status": self.status,
            "output": list(self.output),
            "usage": self.usage,
            "error": self.error,
            "incomplete_details": None if self.incomplete is None else {"reason": self.incomplete},
        }

    def begin(self) -> list[Event]:
        """Return the events that open every response."""
        return [
            {"type": "response.created", "response": self.response()},
            {"type": "response.in_progress", "response": self.response()},
        ]

    def take(self, happening: Happening) -> Iterator[Event]:
        """Yield the events of something that happened; none where it belongs to another part of the turn."""
        if self.has_ended:
            return
        if isinstance(happening, Anew):
            self._forget()
        elif isinstance(happening, Paused) and self.place != self.segment:
            self.place += 1
        elif self.place == self.segment:
            yield from self._take(happening)

    def _forget(self) -> None:
        self.output, self.calls, self.text, self.place = [], {}, None, 0

    def _take(self, happening: Happening) -> Iterator[Event]:
        match happening:
            case Said(text):
                yield from self._say(text)
            case TextOver(cited, is_whole):
                annotations = annotations_of(self.text or "", cited)
                yield from self._end_text(annotations, "completed" if is_whole else "incomplete")
            case Called():
                yield from self._call(happening)
            case Came():
                yield from self._come(happening)
            case Paused():
                yield from self._end("completed")
            case Over():
                yield from self._over(happening)

    def _say(self, text: str) -> Iterator[Event]:
        if self.text is None:
            if not self.output and self.segment:
                text = text.lstrip("\n")  # the gap to what an earlier response said
            if not text:
                return
            self.text = ""
            item = message(f"msg_{self.turn.hex}{self.segment:02x}{len(self.output):02x}")
            yield self._add(item)
            yield self._about_text("response.content_part.added", part=text_part())
        self.text += text
        yield self._about_text("response.output_text.delta", delta=text, logprobs=[])

    def _end_text(self, annotations: list[Item], status: str = "completed") -> Iterator[Event]:
        if self.text is None:
            return
        for number, annotation in enumerate(annotations):
            yield self._about_text(
                "response.output_text.annotation.added", annotation_index=number, annotation=annotation
            )
        part = text_part(self.text, annotations)
        yield self._about_text("response.output_text.done", text=self.text, logprobs=[])
        yield self._about_text("response.content_part.done", part=part)
        yield self._done(len(self.output) - 1, self.output[-1] | {"status": status, "content": [part]})
        self.text = None

    def _about_text(self, kind: str, **more: Any) -> Event:
        place = len(self.output) - 1
        return {"type": kind, "item_id": self.output[place]["id"], "output_index": place, "content_index": 0, **more}

    def _call(self, call: Called) -> Iterator[Event]:
        yield from self._end_text([])
        if call.awaits == "approval":
            item = approval_request(self.turn, call)
            yield self._add(item)
            yield self._done(len(self.output) - 1, item)
        elif call.awaits is not None:
            whole = function_call(self.turn, call, is_whole=True)
            yield self._add(function_call(self.turn, call, is_whole=False))
            yield from self._arguments("response.function_call_arguments", whole, name=call.name)
            yield self._done(len(self.output) - 1, whole)
        else:
            yield from self._begin_own(call)
            if call.refusal is not None:
                yield from self._come(Came(call))

    def _begin_own(self, call: Called) -> Iterator[Event]:
        yield self._add(own_call(self.turn, call, status="in_progress"))
        place, whole = len(self.output) - 1, own_call(self.turn, call, status="calling")
        self.calls[call.id.hex] = (place, call)
        yield {"type": "response.mcp_call.in_progress", "item_id": whole["id"], "output_index": place}
        yield from self._arguments("response.mcp_call_arguments", whole)

    def _arguments(self, kind: str, item: Item, **more: Any) -> Iterator[Event]:
        about = {"item_id": item["id"], "output_index": len(self.output) - 1}
        yield {"type": f"{kind}.delta", **about, "delta": item["arguments"]}
        yield {"type": f"{kind}.done", **about, "arguments": item["arguments"], **more}

    def _come(self, came: Came) -> Iterator[Event]:
        call = came.call
        if call.awaits in {"client", "form"} or came.is_denied:
            return  # the client knows: it gave this answer
        if call.id.hex not in self.calls:  # allowed before this response began
            yield from self._begin_own(call)
        place, _ = self.calls.pop(call.id.hex)
        item = own_call(self.turn, call, came)
        kind = f"response.mcp_call.{item['status']}"
        yield {"type": kind, "item_id": item["id"], "output_index": place}
        yield self._done(place, item)

    def _over(self, over: Over) -> Iterator[Event]:
        self.usage = usage_of(over.usage)
        match over.state:
            case "completed" if over.reason in _INCOMPLETE:
                self.incomplete = _INCOMPLETE[over.reason]
                yield from self._end("incomplete")
            case "completed" | "waiting":
                yield from self._end("completed")
            case "cancelled":
                yield from self._end("cancelled")
            case "failed":
                error = over.error or {}
                code = _ERRORS.get(error.get("code", ""), "server_error")
                self.error = {"code": code, "message": error.get("message", ""), "type": error.get("code")}
                yield from self._end("failed")
            case "broken_off":
                return

    def _end(self, status: str) -> Iterator[Event]:
        is_whole = status == "completed"
        yield from self._end_text([], "completed" if is_whole else "incomplete")
        for place, call in list(self.calls.values()):
            yield self._done(place, own_call(self.turn, call, status="incomplete"))
        self.calls.clear()
        self.status, self.has_ended = status, True
        kind = "incomplete" if status == "cancelled" else status  # the protocol has no event of its own for it
        yield {"type": f"response.{kind}", "response": self.response()}

    def _add(self, item: Item) -> Event:
        self.output.append(item)
        return {"type": "response.output_item.added", "output_index": len(self.output) - 1, "item": item}

    def _done(self, place: int, item: Item) -> Event:
        self.output[place] = item
        return {"type": "response.output_item.done", "output_index": place, "item": item}
