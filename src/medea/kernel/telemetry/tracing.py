"""Traces: what led to what, from the HTTP request through queue and worker to the model, and how long each took.

Every request and every job has a trace, whether or not anything records it: its id stands in all log lines and in
the answer, and goes with the job rows, so that what belongs together is found. Spans are recorded only where
`MEDEA_TELEMETRY__OTLP_ENDPOINT` says where to, and only of traces that were chosen (see `recording`); otherwise
`span` gives a shared object that does nothing.

Carried as W3C Trace Context, https://www.w3.org/TR/trace-context-2/.
"""

import asyncio
import contextlib
import re
import secrets
from collections.abc import Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Value = str | bool | int | float | tuple[str, ...] | None | object

_HEADER = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?\Z")


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A place in a trace, as it travels.

    Attributes:
        trace_id: 128 bits, not zero.
        span_id: 64 bits, not zero: the span that what follows is a part of.
        is_sampled: spans of this trace are recorded.
    """

    trace_id: int
    span_id: int
    is_sampled: bool

    @property
    def header(self) -> str:
        """The value of a `traceparent` header."""
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{'01' if self.is_sampled else '00'}"


def parse(header: str | None) -> TraceContext | None:
    """Read a `traceparent`; None for one that is missing or malformed."""
    found = _HEADER.match(header) if header else None
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    if version == "ff" or (version == "00" and rest):
        return None
    context = TraceContext(int(trace_id, 16), int(span_id, 16), bool(int(flags, 16) & 1))
    return context if context.trace_id and context.span_id else None


class Span(Protocol):
    """Something that takes time, from its making to `end`, or to the end of its `with` block.

    Only in such a block is it what others become a part of. A generator must not hold one open over a `yield`:
    it takes a span without the block and ends it.
    """

    @property
    def context(self) -> TraceContext | None:
        """Where it stands; None where there is no trace."""
        ...

    @property
    def is_recording(self) -> bool:
        """Whether what it is told goes anywhere: asked before something dear is worked out for it."""
        ...

    def set(self, attributes: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        """Add attributes; see `span`."""
        ...

    def rename(self, name: str) -> None:
        """Give it the name that is known only now."""
        ...

    def event(self, name: str, attributes: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        """Note that something happened now."""
        ...

    def fail(self, code: str) -> None:
        """Mark it as failed: a stable code, never a message, which may hold what people wrote."""
        ...

    def end(self) -> None:
        """End it; a second time does nothing."""
        ...

    def __enter__(self) -> Self:
        """Make it the current one."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End it, failed if an exception ended it."""
        ...


class Recorder(Protocol):
    """What records spans; see `recording`."""

    def start(
        self,
        name: str,
        kind: Kind,
        *,
        parent: TraceContext | None,
        link: TraceContext | None,
        attributes: Mapping[str, Value],
    ) -> "Recorded":
        """Begin a span; without a parent it begins a trace, and decides whether that is recorded."""
        ...


class Recorded(Protocol):
    """A span as the recorder keeps it."""

    context: TraceContext

    def set(self, attributes: Mapping[str, Value]) -> None:
        """Add attributes."""
        ...

    def rename(self, name: str) -> None:
        """Change the name."""
        ...

    def event(self, name: str, attributes: Mapping[str, Value]) -> None:
        """Add an event."""
        ...

    def fail(self, code: str) -> None:
        """Set the status."""
        ...

    def end(self) -> None:
        """End it."""
        ...


_current: ContextVar[TraceContext | None] = ContextVar("medea_trace", default=None)
_recorder: Recorder | None = None


def record_with(recorder: Recorder | None) -> None:
    """Record spans from now on, or no longer. One for the whole process."""
    global _recorder  # noqa: PLW0603 - a span costs nothing where nobody records, and is made anywhere
    _recorder = recorder


def current() -> TraceContext | None:
    """Return where we are."""
    return _current.get()


def traceparent() -> str | None:
    """Return where we are, for a job or a request that follows from this."""
    context = _current.get()
    return None if context is None else context.header


def span(
    name: str, attributes: Mapping[str, Value] | None = None, /, *, kind: Kind = "internal", **more: Value
) -> Span:
    """Begin a part of the current trace.

    Costs next to nothing unless this trace is recorded.

        with span("knowledge.search", bases=2) as searching:
            searching.set(hits=5)

    Args:
        name: of few kinds: what is done, never an id.
        attributes: under the names of OpenTelemetry's conventions, such as `gen_ai.tool.name`.
        kind: `client` where we wait for another system, `producer` and `consumer` for jobs.
        more: attributes of ours; a name without a dot gets `medea.` before it. None is left out. Neither content
            nor secrets, ever.
    """
    here = _current.get()
    if _recorder is None or here is None or not here.is_sampled:
        return _OFF
    return Live(_recorder.start(name, kind, parent=here, link=None, attributes=named(attributes, more)))


def entry(
    name: str,
    attributes: Mapping[str, Value] | None = None,
    /,
    *,
    kind: Kind,
    parent: TraceContext | None,
    link: TraceContext | None = None,
    **more: Value,
) -> "Silent | Live":
    """Begin what this process was asked to do: a request or a job. It has a trace in any case.

    Args:
        name: as in `span`.
        attributes: as in `span`.
        kind: `server` or `consumer`.
        parent: what asked for it; None begins a trace.
        link: what asked for it without being trusted to be the parent.
        more: as in `span`.
    """
    if _recorder is None:
        return Silent(parent) if parent is not None else unrecorded()
    recorded = _recorder.start(name, kind, parent=parent, link=link, attributes=named(attributes, more))
    return Live(recorded) if recorded.context.is_sampled else Silent(recorded.context)


def unrecorded() -> "Silent":
    """Begin a trace that is not recorded, for what nobody will want to see but may have to find in the log."""
    return Silent(TraceContext(secrets.randbits(128) or 1, secrets.randbits(64) or 1, is_sampled=False))


def named(attributes: Mapping[str, Value] | None, more: Mapping[str, Value]) -> dict[str, Value]:
    """Return attributes under the names they are recorded by."""
    both = {**attributes, **more} if attributes else more
    return {(name if "." in name else f"medea.{name}"): value for name, value in both.items() if value is not None}


class _Off:
    """Does nothing, for everybody at once."""

    __slots__ = ()
    is_recording = False

    @property
    def context(self) -> TraceContext | None:
        return _current.get()

    def set(self, attributes: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        pass

    def rename(self, name: str) -> None:
        pass

    def event(self, name: str, attributes: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        pass

    def fail(self, code: str) -> None:
        pass

    def end(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


_OFF = _Off()


def _go_back(token: Token[TraceContext | None] | None) -> None:
    if token is not None:
        with contextlib.suppress(ValueError):  # left in another task than it was entered in, which has its own trace
            _current.reset(token)


class Silent(_Off):
    """Carries a trace that is not recorded. See `Span`."""

    __slots__ = ("_context", "_token")

    def __init__(self, context: TraceContext) -> None:
        self._context = context
        self._token: Token[TraceContext | None] | None = None

    @property
    def context(self) -> TraceContext:
        return self._context

    def __enter__(self) -> Self:
        self._token = _current.set(self._context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _go_back(self._token)


class Live:
    """A span that is recorded. See `Span`."""

    __slots__ = ("_has_ended", "_recorded", "_token")
    is_recording = True

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self._token: Token[TraceContext | None] | None = None
        self._has_ended = False

    @property
    def context(self) -> TraceContext:
        return self._recorded.context

    def set(self, attributes: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        self._recorded.set(named(attributes, more))

    def rename(self, name: str) -> None:
        self._recorded.rename(name)

    def event(self, name: str, attributes: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        self._recorded.event(name, named(attributes, more))

    def fail(self, code: str) -> None:
        self._recorded.fail(code)

    def end(self) -> None:
        if not self._has_ended:
            self._has_ended = True
            self._recorded.end()

    def __enter__(self) -> Self:
        self._token = _current.set(self._recorded.context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _go_back(self._token)
        if isinstance(error, asyncio.CancelledError | GeneratorExit):
            self.set(is_cancelled=True)  # somebody changed their mind: no fault
        elif error is not None:
            self.fail(code_of(error))
        self.end()


def code_of(error: BaseException) -> str:
    """Return what to call a failure: its stable code if it has one, else the name of its class."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else type(error).__name__
