"""Sending spans to a collector: OTLP over HTTP, https://opentelemetry.io/docs/specs/otlp/#otlphttp.

Not the exporter that OpenTelemetry brings, for that one pulls in an HTTP library and its bundle of certificates for
one POST every few seconds. Runs in the thread of the SDK's batch processor, so it may wait.
"""

import gzip
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import unquote, urlsplit

import structlog
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from medea.kernel.spreading import spread
from medea.kernel.telemetry.metrics import SPANS

PATH = "/v1/traces"
_TRY_AGAIN = frozenset({429, 502, 503, 504})
_TRIES = 4
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0  # seconds
_ANSWER_SECONDS = 10.0
_WARN_EVERY = 60.0  # seconds: a collector that is away must not fill the log

_log = structlog.get_logger()


class EndpointUnusable(ValueError):
    """What `MEDEA_TELEMETRY__OTLP_ENDPOINT` or its headers say cannot be used; one sentence for the operator."""


class OtlpExporter(SpanExporter):
    """Posts batches; tries again what may succeed later, and counts what is lost.

    Args:
        endpoint: `http(s)://host:port`, with or without a path; `/v1/traces` is added.
        headers: `name=value,name=value`, values percent-encoded, as in OTEL_EXPORTER_OTLP_HEADERS.
        first_pause: seconds before the second try.

    Raises:
        EndpointUnusable: either cannot be read.
    """

    def __init__(self, endpoint: str, headers: str = "", *, first_pause: float = _FIRST_PAUSE) -> None:
        parts = urlsplit(endpoint.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise EndpointUnusable(
                "MEDEA_TELEMETRY__OTLP_ENDPOINT is no address of a collector: it looks like http://127.0.0.1:4318."
            )
        path = parts.path.rstrip("/")
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._path = path if path.endswith(PATH) else path + PATH
        self._headers = {
            "Content-Type": "application/x-protobuf",
            "Content-Encoding": "gzip",
            "User-Agent": "medea",
            **_read_headers(headers),
        }
        self._tls = ssl.create_default_context() if self._is_secure else None
        self._first_pause = first_pause
        self._closing = threading.Event()
        self._warn_after = 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        body = gzip.compress(encode_spans(spans).SerializeToString(), 1)
        rejected, fault = self._deliver(body)
        lost = len(spans) if fault else rejected
        SPANS.labels("sent").inc(len(spans) - lost)
        SPANS.labels("lost").inc(lost)
        if lost:
            self._warn(fault or "the collector rejected them", lost)
        return SpanExportResult.FAILURE if fault else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Try nothing again any more."""
        self._closing.set()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Do nothing: batches are gathered by the processor."""
        return True

    def _deliver(self, body: bytes) -> tuple[int, str]:
        """Return how many spans were rejected, and what is wrong if none could be delivered."""
        pause = self._first_pause
        for number in range(_TRIES):
            rejected, fault, wait = self._post(body)
            if wait is None or number + 1 == _TRIES:
                return rejected, fault
            if self._closing.wait(min(_LONGEST_PAUSE, max(wait, spread(pause, 0.5, 1.0)))):
                return 0, fault
            pause *= 2
        return 0, "no try was made"

    def _post(self, body: bytes) -> tuple[int, str, float | None]:
        """Return rejected spans, the fault, and after how many seconds to try again (None: do not)."""
        connection = self._connect()
        try:
            connection.request("POST", self._path, body, self._headers)
            answer = connection.getresponse()
            said = answer.read(64_000)
            if 200 <= answer.status < 300:
                return _rejected(said), "", None
            asked = answer.getheader("Retry-After", "")
            wait = float(asked) if asked.isdigit() else 0.0
            return 0, f"it answers {answer.status}", wait if answer.status in _TRY_AGAIN else None
        except (OSError, HTTPException) as error:
            return 0, type(error).__name__, 0.0
        finally:
            connection.close()

    def _connect(self) -> HTTPConnection:
        if self._is_secure:
            return HTTPSConnection(self._host, self._port, timeout=_ANSWER_SECONDS, context=self._tls)
        return HTTPConnection(self._host, self._port, timeout=_ANSWER_SECONDS)

    def _warn(self, fault: str, number: int) -> None:
        now = time.monotonic()
        if now >= self._warn_after:
            self._warn_after = now + _WARN_EVERY
            _log.warning("telemetry.spans_lost", collector=f"{self._host}:{self._port}", reason=fault, number=number)


def _rejected(answer: bytes) -> int:
    try:
        return int(ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans)
    except Exception:  # noqa: BLE001 - protobuf's own kinds; some collectors answer with JSON or nothing
        return 0


def _read_headers(text: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, separator, value = pair.partition("=")
        if not separator or not name.strip():
            raise EndpointUnusable("MEDEA_TELEMETRY__OTLP_HEADERS must look like name=value,name=value.")
        found[name.strip()] = unquote(value.strip())
    return found
