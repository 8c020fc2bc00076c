"""From our frames to the events of one run."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from medea.kernel.ids import ToolCallId, TurnId
from medea.kernel.streams.base import KEEP_ALIVE
from medea.modules.conversations.dialects.ag_ui.messages import DENIED, HIDDEN, Message, result_id, step_id
from medea.modules.conversations.dialects.ag_ui.state import REASONS, REVIEW, Awaited, Shared
from medea.modules.conversations.dialects.calls import as_text, call_name
from medea.modules.conversations.dialects.frames import BROKEN_OFF, STILL, awaits_of, is_held

Event = dict[str, Any]
Frame = dict[str, Any]

PROTOCOL = "1.0"
SOURCES, GROUNDING, GUARDRAIL = "medea.sources", "medea.grounding", "medea.guardrail"
"""Custom events: what the answer may cite by number, how the whole stands on it, what guardrails did to it."""

_encode = msgspec.json.Encoder().encode
_APPROVAL: dict[str, Any] = {
    "type": "object",
    "properties": {"approved": {"type": "boolean"}, "comment": {"type": "string"}},
    "required": ["approved"],
}


@dataclass(slots=True)
class Run:
    """One run as it comes in.

    Attributes:
        known: the messages that the client has without this turn's reply: where the turn is begun anew, it is told to
            go back to them.
        has: what it has of the reply: ids of messages and calls, `result_id` of results. It is not told again.
        state: what is kept in sync with the client; None: its state is no object.
        is_older: the client is from before 1.0, and takes what that added to outcomes for a fault.
        reply: id of the reply.
        step: of the reply, from 1.
        text: id of the message that is being written.
        open_calls: calls whose arguments are being written, by their frames' ids.
        calls: of the present step: their frames.
        answered: of these, those with an outcome.
        has_told: anything of the reply was sent.
        is_held: somebody of the company looks at the answer before it is shown.
    """

    thread: str
    run: str
    turn: TurnId
    known: list[Message] = field(default_factory=list)
    has: set[str] = field(default_factory=set)
    state: Shared | None = None
    is_older: bool = False
    reply: str = ""
    step: int = 0
    text: str | None = None
    texts: int = 0
    open_calls: set[str] = field(default_factory=set)
    calls: dict[str, Frame] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    sources: list[Frame] = field(default_factory=list)
    has_told: bool = False
    has_ended: bool = False
    is_held: bool = False

    def begin(self) -> Event:
        """Return the event that opens every run."""
        return {"type": "RUN_STARTED", "threadId": self.thread, "runId": self.run, "protocolVersion": PROTOCOL}

    def end_idle(self) -> Event:
        """Return the event that ends the run of a client that came back to a thread in which nothing runs."""
        return self._finished({"type": "success"})

    def take(self, frame: Frame) -> Iterator[Event]:
        """Yield the events of a frame."""
        kind = frame["type"]
        if kind == "source-document":
            self.sources.append({"title": frame["title"], **frame["providerMetadata"]["medea"]})
            return
        if self.sources:
            yield {"type": "CUSTOM", "name": SOURCES, "value": self.sources}
            if self.state is not None:
                yield self.state.cite(self.sources)
            self.sources = []
        if kind.startswith("text-"):
            yield from self._say(frame)
        elif kind.startswith("tool-"):
            yield from self._act(frame)
        else:
            yield from self._go_on(frame)

    def _go_on(self, frame: Frame) -> Iterator[Event]:
        match frame["type"]:
            case "start":
                self.reply, self.step = frame["messageId"], 0
            case "start-step":
                self.step += 1
                self.texts = 0
                self.calls.clear()
                self.answered.clear()
            case "data-grounding":
                yield {"type": "CUSTOM", "name": GROUNDING, "value": frame["data"]}
            case "data-guardrail":
                self.is_held = self.is_held or is_held(frame)
                yield {"type": "CUSTOM", "name": GUARDRAIL, "value": frame["data"]}
            case "data-restart":
                yield from self._begin_anew()
            case "data-error":
                yield from self._close()
                yield from self._settle()
                yield self._failed(frame["data"])
            case "abort":
                yield from self._close()
                yield from self._settle()
                yield self._finished({"type": "cancelled"})
            case "finish":
                yield from self._close()
                metadata = frame["messageMetadata"]
                waiting = self._unanswered() if metadata.get("finish_reason") == "waiting" else None
                asked = [self._awaited(each) for each in waiting or ()]
                yield from self._settle([*asked, REVIEW] if waiting is not None and self.is_held else asked)
                yield self._over(metadata, waiting)

    def _say(self, frame: Frame) -> Iterator[Event]:
        match frame["type"]:
            case "text-delta":
                delta = frame["delta"]
                if self.text is None:
                    delta = delta.lstrip("\n")  # the gap to what another message says
                    if not delta:
                        return
                    self.texts += 1
                    more = "" if self.texts == 1 else f".{self.texts}"
                    self.text = step_id(self.reply, self.step) + more
                    yield from self._news(self.text, "TEXT_MESSAGE_START", messageId=self.text, role="assistant")
                yield from self._news(self.text, "TEXT_MESSAGE_CONTENT", messageId=self.text, delta=delta)
            case "text-end":
                yield from self._end_text()

    def _end_text(self) -> Iterator[Event]:
        if self.text is not None:
            yield from self._news(self.text, "TEXT_MESSAGE_END", messageId=self.text)
            self.text = None

    def _news(self, key: str, kind: str, **members: Any) -> Iterator[Event]:
        """Yield an event, unless the client has what it tells."""
        if key not in self.has:
            self.has_told = True
            yield {"type": kind, **members}

    def _act(self, frame: Frame) -> Iterator[Event]:
        name = frame["toolCallId"]
        match frame["type"]:
            case "tool-input-start":
                yield from self._begin_call(name, frame["toolName"])
            case "tool-input-delta" if name in self.open_calls:
                yield from self._about("TOOL_CALL_ARGS", name, delta=frame["inputTextDelta"])
            case "tool-input-available" | "tool-input-error":
                yield from self._called(frame)
            case "tool-output-available":
                output = frame["output"]
                yield from self._result(name, HIDDEN if output is None else as_text(output))
            case "tool-output-error":
                yield from self._result(name, frame["errorText"])
            case "tool-output-denied":
                yield from self._result(name, DENIED)

    def _begin_call(self, name: str, tool: str) -> Iterator[Event]:
        yield from self._end_text()
        self.open_calls.add(name)
        parent = step_id(self.reply, self.step)
        yield from self._about("TOOL_CALL_START", name, toolCallName=tool, parentMessageId=parent)

    def _called(self, frame: Frame) -> Iterator[Event]:
        name = frame["toolCallId"]
        if name not in self.open_calls:
            yield from self._begin_call(name, frame["toolName"])
            yield from self._about("TOOL_CALL_ARGS", name, delta=as_text(frame["input"]))
        self.open_calls.discard(name)
        self.calls[name] = frame
        yield from self._about("TOOL_CALL_END", name)
        if frame["type"] == "tool-input-error":
            yield from self._result(name, frame["errorText"])

    def _about(self, kind: str, name: str, **more: Any) -> Iterator[Event]:
        call = self._name(name)
        yield from self._news(call, kind, toolCallId=call, **more)

    def _name(self, name: str) -> str:
        return call_name(self.turn, ToolCallId.parse(name))

    def _result(self, name: str, content: str) -> Iterator[Event]:
        self.answered.add(name)
        call = self._name(name)
        members = {"messageId": result_id(call), "toolCallId": call, "content": content, "role": "tool"}
        yield from self._news(result_id(call), "TOOL_CALL_RESULT", **members)

    def _close(self) -> Iterator[Event]:
        yield from self._end_text()
        for name in sorted(self.open_calls):
            yield from self._about("TOOL_CALL_END", name)
        self.open_calls.clear()

    def _begin_anew(self) -> Iterator[Event]:
        yield from self._close()
        if self.has_told or self.has:
            yield {"type": "MESSAGES_SNAPSHOT", "messages": self.known}
        if self.state is not None and self.state.sources:
            yield self.state.cite([])
        self.has.clear()
        self.step, self.texts, self.has_told, self.is_held = 0, 0, False, False
        self.calls.clear()
        self.answered.clear()

    def _unanswered(self) -> list[Frame]:
        return [frame for name, frame in self.calls.items() if name not in self.answered]

    def _settle(self, asked: Iterable[Awaited] = ()) -> Iterator[Event]:
        """Yield what tells the state that nothing runs any more."""
        if self.state is not None:
            yield self.state.end(asked)

    def _awaited(self, frame: Frame) -> Awaited:
        reason = REASONS.get(awaits_of(frame) or "", "tool_call")
        return {"id": self._name(frame["toolCallId"]), "reason": reason, "tool_name": frame["toolName"]}

    def _over(self, metadata: Frame, waiting: list[Frame] | None) -> Event:
        if waiting is None:
            return self._finished({"type": "success"}, metadata)
        interrupts = [self._interrupt(frame) for frame in waiting if awaits_of(frame) in {"approval", "form"}]
        if interrupts:
            return self._finished({"type": "interrupt", "interrupts": interrupts}, metadata)
        pending = [self._name(frame["toolCallId"]) for frame in waiting]
        return self._finished({"type": "success", "pendingToolCallIds": pending}, metadata)

    def _interrupt(self, frame: Frame) -> Event:
        name, is_form = self._name(frame["toolCallId"]), awaits_of(frame) == "form"
        return {
            "id": name,
            "reason": REASONS["form" if is_form else "approval"],
            "message": "Fill in this form." if is_form else f"May {frame['toolName']} be called?",
            "toolCallId": name,
            "responseSchema": _schema_of(frame["input"]) if is_form else _APPROVAL,
            "metadata": {"tool_name": frame["toolName"], "tool_input": frame["input"]},
        }

    def _finished(self, outcome: Frame, metadata: Frame | None = None) -> Event:
        self.has_ended = True
        if self.is_older and outcome["type"] != "interrupt":
            outcome = {"type": "success"}
        found: Event = {"type": "RUN_FINISHED", "threadId": self.thread, "runId": self.run, "outcome": outcome}
        usage = (metadata or {}).get("usage")
        if usage is not None:
            tokens = {"inputTokens": usage["input_tokens"], "outputTokens": usage["output_tokens"]}
            found["usage"] = [{"model": (metadata or {}).get("model") or "unknown", **tokens}]
        return found

    def _failed(self, error: Frame) -> Event:
        self.has_ended = True
        return {"type": "RUN_ERROR", "message": error["message"], "code": error["code"]}

    def break_off(self) -> Iterator[Event]:
        """Yield what ends a run whose frames ended before it did."""
        yield from self._close()
        yield self._failed(BROKEN_OFF)


def _schema_of(form: Frame) -> Frame:
    """Return what a form takes, as JSON Schema; its fields are described as they were asked for."""
    properties: dict[str, Any] = {}
    for asked in form["fields"]:
        properties[asked["name"]] = {
            "type": "number" if asked["type"] == "number" else "string",
            "title": asked["label"],
            **({"enum": asked["options"]} if asked.get("options") else {}),
        }
    required = [asked["name"] for asked in form["fields"] if asked.get("is_required")]
    return {"type": "object", "title": form["title"], "properties": properties, "required": required}


async def stream_run(run: Run, frames: AsyncIterator[Frame], *first: Event) -> AsyncIterator[bytes]:
    """Yield the events of a run; `first` come after its beginning."""
    for event in (run.begin(), *first):
        yield framed(event)
    async for frame in frames:
        if frame is STILL:
            yield KEEP_ALIVE
            continue
        if events := [framed(event) for event in run.take(frame)]:
            yield b"".join(events)
        if run.has_ended:
            return
    for event in run.break_off():
        yield framed(event)


def framed(event: Event) -> bytes:
    """Return an event as the protocol's server-sent event."""
    return b"data: %b\n\n" % _encode(event)
