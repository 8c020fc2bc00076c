"""What happened in a turn, in an order that does not depend on when it came.

The frames of a live stream, of an attempt that took another's work over, and of the stored reply tell the same in
slightly different ways: calls return in whatever order, and what was answered after a pause is told before or after the
pause. Here each comes to the same sequence, so that dialects which number their events can number them by what they
say.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from medea.kernel.ids import ToolCallId
from medea.modules.conversations.dialects.frames import BROKEN_OFF, STILL, awaits_of, is_held

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """More text; the first after anything else begins another piece."""

    text: str


@dataclass(frozen=True, slots=True)
class TextOver:
    """The piece of text has ended.

    Attributes:
        cited: the `source-document` frames of what it cites, known for the last piece.
        is_whole: False where the turn was stopped, or failed, in it.
    """

    cited: tuple[Frame, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Called:
    """The model called a tool.

    Attributes:
        input: the arguments, as text where they are no JSON.
        awaits: `client` and `form`: somebody outside gives the result; `approval`: they allow the call first.
        refusal: why the call could not be made at all.
    """

    id: ToolCallId
    name: str
    input: Any
    awaits: str | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Came:
    """A call came to its end; `output` is None where readers are not to see it."""

    call: Called
    output: Any = None
    error: str | None = None
    is_denied: bool = False


@dataclass(frozen=True, slots=True)
class Paused:
    """The turn waits, or waited here, for somebody outside; what follows came after they had answered."""


@dataclass(frozen=True, slots=True)
class Anew:
    """Another attempt begins: all that follows is told from the beginning."""


@dataclass(frozen=True, slots=True)
class Over:
    """No more comes.

    Attributes:
        state: `waiting`: for somebody outside. `broken_off`: the turn goes on, but not here.
        reason: why the model stopped.
        error: code, message and whether another try may help.
    """

    state: Literal["completed", "failed", "cancelled", "waiting", "broken_off"]
    reason: str = "stop"
    usage: dict[str, int] | None = None
    error: Frame | None = None


@dataclass(frozen=True, slots=True)
class Still:
    """Nothing new, for a while."""


Happening = Still | Said | TextOver | Called | Came | Paused | Anew | Over


async def happenings(frames: AsyncIterator[Frame]) -> AsyncIterator[Happening]:
    """Yield what the frames of a turn say; the last is always `Over`."""
    reader = Reader()
    async for frame in frames:
        for happening in reader.take(frame):
            yield happening
            if isinstance(happening, Over):
                return
    yield Over("broken_off", error=BROKEN_OFF)


@dataclass(slots=True)
class Reader:
    """Takes frames in, one after another.

    Attributes:
        calls: of the present step, by id.
        outcomes: of these, not told yet.
        told: the calls of this step whose outcome was told.
        is_held: somebody of the company looks at the answer before readers do.
    """

    sources: dict[int, Frame] = field(default_factory=dict)
    calls: dict[str, Called] = field(default_factory=dict)
    outcomes: dict[str, Came] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    text_ends: bool = False
    is_held: bool = False

    def take(self, frame: Frame) -> Iterator[Happening]:
        """Yield what a frame adds."""
        kind = frame["type"]
        if frame is STILL:
            yield Still()
            return
        if self.text_ends:  # the verdict on the last text comes after its end
            self.text_ends = False
            cited = self._cited(frame) if kind == "data-grounding" else ()
            yield TextOver(cited, is_whole=kind not in {"abort", "data-error"})
        match kind:
            case "text-delta":
                yield Said(frame["delta"])
            case "text-end":
                self.text_ends = True
            case "source-document":
                self.sources[frame["providerMetadata"]["medea"]["n"]] = frame
            case "tool-input-available" | "tool-input-error":
                yield self._called(frame)
            case "tool-output-available" | "tool-output-error" | "tool-output-denied":
                self._note(frame)
                yield from self._release()
            case "finish-step":
                yield from self._end_step()
            case "data-guardrail":
                self.is_held = self.is_held or is_held(frame)
            case "data-restart":
                self._reset()
                yield Anew()
            case "abort" | "data-error" | "finish":
                yield from self._release(to_end=True)
                yield _over(frame, is_held=self.is_held)

    def _cited(self, frame: Frame) -> tuple[Frame, ...]:
        numbers = [passage["n"] for passage in frame["data"]["cited"]]
        return tuple(self.sources[number] for number in numbers if number in self.sources)

    def _called(self, frame: Frame) -> Called:
        refusal = frame.get("errorText")
        call = Called(
            ToolCallId.parse(frame["toolCallId"]), frame["toolName"], frame["input"], awaits_of(frame), refusal
        )
        self.calls[frame["toolCallId"]] = call
        return call

    def _note(self, frame: Frame) -> None:
        name = frame["toolCallId"]
        if name in self.calls:
            is_denied = frame["type"] == "tool-output-denied"
            self.outcomes[name] = Came(self.calls[name], frame.get("output"), frame.get("errorText"), is_denied)

    def _release(self, *, to_end: bool = False) -> Iterator[Came]:
        """Yield outcomes in the order of the calls; those after a pause only when the step ends."""
        for name, call in self.calls.items():
            if name in self.told or call.awaits is not None or call.refusal is not None:
                continue
            if name in self.outcomes:
                self.told.add(name)
                yield self.outcomes[name]
            elif not to_end:
                return

    def _end_step(self) -> Iterator[Happening]:
        yield from self._release(to_end=True)
        if any(call.awaits is not None for call in self.calls.values()):
            yield Paused()
            for name, call in self.calls.items():
                if call.awaits is not None and name in self.outcomes:
                    yield self.outcomes[name]
        self._reset_step()

    def _reset_step(self) -> None:
        self.calls.clear()
        self.outcomes.clear()
        self.told.clear()

    def _reset(self) -> None:
        self._reset_step()
        self.sources.clear()
        self.text_ends = self.is_held = False


def _over(frame: Frame, *, is_held: bool) -> Over:
    match frame["type"]:
        case "abort":
            return Over("cancelled")
        case "data-error":
            return Over("failed", error=frame["data"])
    metadata = frame["messageMetadata"]
    reason = metadata.get("finish_reason") or "stop"
    if is_held:  # no program can answer this; what readers may see of it now is all there is
        return Over("completed", "content_filter", metadata.get("usage"))
    state: Literal["waiting", "completed"] = "waiting" if reason == "waiting" else "completed"
    return Over(state, reason, metadata.get("usage"))
