"""Recording spans with OpenTelemetry's SDK. Imported only where traces are sent somewhere: it takes a while.

Whether a trace is recorded is decided once, where it begins, by its id: all processes with the same ratio decide
alike, and parts of a trace that others began are recorded if it is.
"""

import asyncio
import contextlib
import os
import platform
import threading
import uuid
from collections.abc import Mapping

from opentelemetry import trace as api
from opentelemetry.context import Context as OtelContext
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from medea import __version__
from medea.kernel.settings import TelemetrySettings
from medea.kernel.telemetry.metrics import SPANS
from medea.kernel.telemetry.otlp import OtlpExporter
from medea.kernel.telemetry.tracing import Kind, TraceContext, Value, record_with

_DELAY_MS = 2000  # a trace can be looked at soon after it was made
_BATCH, _MOST_WAITING = 256, 8192  # spans
_CLOSE_SECONDS = 5.0

_KINDS = {
    "internal": api.SpanKind.INTERNAL,
    "server": api.SpanKind.SERVER,
    "client": api.SpanKind.CLIENT,
    "producer": api.SpanKind.PRODUCER,
    "consumer": api.SpanKind.CONSUMER,
}
_SAMPLED = api.TraceFlags(api.TraceFlags.SAMPLED)
_NOT_SAMPLED = api.TraceFlags(api.TraceFlags.DEFAULT)
_EMPTY = OtelContext()


class OtelSpan:
    """One span of the SDK. See `Recorded`."""

    __slots__ = ("_span", "context")

    def __init__(self, span: api.Span) -> None:
        self._span = span
        known = span.get_span_context()
        self.context = TraceContext(known.trace_id, known.span_id, known.trace_flags.sampled)

    def set(self, attributes: Mapping[str, Value]) -> None:
        """Add attributes."""
        self._span.set_attributes(_readable(attributes))

    def rename(self, name: str) -> None:
        """Change the name."""
        self._span.update_name(name)

    def event(self, name: str, attributes: Mapping[str, Value]) -> None:
        """Add an event."""
        self._span.add_event(name, _readable(attributes))

    def fail(self, code: str) -> None:
        """Set the status."""
        self._span.set_attribute("error.type", code)
        self._span.set_status(api.Status(api.StatusCode.ERROR, code))

    def end(self) -> None:
        """End it."""
        self._span.end()


class OtelRecorder:
    """Makes spans with the SDK. See `Recorder`.

    Args:
        exporter: where they go.
        sampling_ratio: share of the traces begun here that are recorded.
        resource: what they say of this process.
    """

    def __init__(self, exporter: SpanExporter, *, sampling_ratio: float, resource: Mapping[str, str]) -> None:
        self._processor = _Counted(
            exporter,
            max_queue_size=_MOST_WAITING,
            schedule_delay_millis=_DELAY_MS,
            max_export_batch_size=_BATCH,
        )
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(sampling_ratio)),
            resource=Resource(dict(resource)),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(self._processor)
        self._exporter = exporter
        for outcome in ("recorded", "sent", "lost"):  # an increase from nothing would be none to Prometheus
            SPANS.labels(outcome)
        self._tracer = self._provider.get_tracer("medea", __version__)

    def start(
        self,
        name: str,
        kind: Kind,
        *,
        parent: TraceContext | None,
        link: TraceContext | None,
        attributes: Mapping[str, Value],
    ) -> OtelSpan:
        """Begin a span."""
        within = _EMPTY
        if parent is not None:
            is_remote = kind in {"server", "consumer"}
            within = api.set_span_in_context(api.NonRecordingSpan(_context(parent, is_remote=is_remote)), _EMPTY)
        links = () if link is None else (api.Link(_context(link, is_remote=True)),)
        return OtelSpan(
            self._tracer.start_span(name, within, _KINDS[kind], _readable(attributes), links, record_exception=False)
        )

    async def close(self) -> None:
        """Send what is left, but do not wait long for a collector that is away."""
        record_with(None)
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def finish() -> None:
            self._provider.shutdown()
            with contextlib.suppress(RuntimeError):  # the loop has been closed: nobody waits any more
                loop.call_soon_threadsafe(done.set)

        # a daemon, or the end of the process would wait for a collector that hangs
        threading.Thread(target=finish, name="telemetry-close", daemon=True).start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await done.wait()
        self._exporter.shutdown()  # ends the pauses between tries


class _Counted(BatchSpanProcessor):
    """Counts what was recorded; what is neither sent nor lost afterwards was dropped by a full queue."""

    def on_end(self, span: ReadableSpan) -> None:
        SPANS.labels("recorded").inc()
        super().on_end(span)


def start_recording(settings: TelemetrySettings, process: str) -> OtelRecorder | None:
    """Record spans of this process from now on, if the settings say where to.

    Args:
        settings: of the operator.
        process: `api`, `worker`, `relay`, or empty for all in one.

    Raises:
        EndpointUnusable: the address or the headers cannot be read.
    """
    if settings.otlp_endpoint is None:
        return None
    headers = settings.otlp_headers.get_secret_value() if settings.otlp_headers else ""
    recorder = OtelRecorder(
        OtlpExporter(settings.otlp_endpoint, headers),
        sampling_ratio=settings.sampling_ratio,
        resource=_resource(settings, process),
    )
    record_with(recorder)
    return recorder


def _resource(settings: TelemetrySettings, process: str) -> dict[str, str]:
    about = {
        "service.name": f"medea-{process}" if process else "medea",
        "service.namespace": "medea",
        "service.version": __version__,
        "service.instance.id": str(uuid.uuid4()),
        "host.name": platform.node(),
        "process.pid": str(os.getpid()),
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "python",
    }
    return about | ({"deployment.environment.name": settings.environment} if settings.environment else {})


def _context(place: TraceContext, *, is_remote: bool) -> api.SpanContext:
    return api.SpanContext(place.trace_id, place.span_id, is_remote, _SAMPLED if place.is_sampled else _NOT_SAMPLED)


def _readable(attributes: Mapping[str, Value]) -> dict[str, str | bool | int | float | tuple[str, ...]]:
    return {
        name: value if isinstance(value, str | bool | int | float | tuple) else str(value)
        for name, value in attributes.items()
        if value is not None
    }
