"""One request and its answer, as traces, metrics and the log see them."""

import re
import time
from types import TracebackType
from typing import Self

import structlog
from starlette.types import Scope

from medea.kernel.telemetry import metrics, tracing
from medea.kernel.telemetry.logging import bind, unbind_all

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}\Z")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = ("/healthz", "/readyz", "/metrics", "/app/assets", "/w/assets")
_UNMATCHED = "unmatched"

_log = structlog.get_logger("medea.http")


class Exchange:
    """Entered around everything that answers a request.

    Args:
        scope: of the request as the routes see it.
        headers: of the request.
        method: as the caller sent it.
        is_trusted: the caller's trace goes on here; otherwise ours begins, with a link to it.

    Attributes:
        request_id: the caller's if it sent a good one, else the trace's: what a person may quote.
        is_quiet: too frequent and too dull to be told: health checks, files.
        method: the caller's, or `_OTHER` for one that is none.
        status: of the answer; 0 before there is one.
    """

    __slots__ = ("_headers", "_scope", "_span", "_started", "is_quiet", "method", "request_id", "status")

    def __init__(self, scope: Scope, headers: dict[bytes, bytes], *, method: str, is_trusted: bool) -> None:
        self._scope = scope
        self._started = time.perf_counter()
        self.is_quiet = scope["path"].startswith(_QUIET)
        self.status = 0
        theirs = tracing.parse(headers.get(b"traceparent", b"").decode("latin-1"))
        self.method = method if method in _METHODS else "_OTHER"
        if self.is_quiet:
            self._span: tracing.Silent | tracing.Live = tracing.unrecorded()
        else:
            parent, link = (theirs, None) if is_trusted else (None, theirs)
            self._span = tracing.entry(self.method, kind="server", parent=parent, link=link)
        place = self._span.context
        given = headers.get(b"x-request-id", b"")
        self.request_id = given.decode() if _REQUEST_ID.match(given) else f"{place.trace_id:032x}"
        self._headers = [(b"x-request-id", self.request_id.encode())]
        if not self.is_quiet:
            self._headers.append((b"traceresponse", place.header.encode()))

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What the answer says of itself (`traceresponse`: W3C Trace Context, level 2)."""
        return self._headers

    def begin_answer(self, status: int) -> None:
        """Note that the answer begins."""
        self.status = status
        if not self.is_quiet:
            metrics.HTTP_SECONDS.labels(self.method, self._route).observe(time.perf_counter() - self._started)

    def __enter__(self) -> Self:
        unbind_all()
        bind(request_id=self.request_id)
        self._span.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self.status = self.status or 500
            _log.error("http.crashed", path=self._scope["path"], exc_info=error)
        if not self.is_quiet:
            self._tell()
        self._span.__exit__(kind, error, traceback)

    def _tell(self) -> None:
        metrics.HTTP_REQUESTS.labels(self.method, self._route, str(self.status)).inc()
        if self._span.is_recording:
            self._describe()
        milliseconds = round((time.perf_counter() - self._started) * 1000, 1)
        _log.info("http.request", method=self.method, path=self._scope["path"], status=self.status, ms=milliseconds)

    def _describe(self) -> None:
        route = self._route
        self._span.rename(f"{self.method} {route}")
        self._span.set(
            {
                "http.request.method": self.method,
                "http.response.status_code": self.status,
                "http.route": route,
                "url.path": self._scope["path"],
                "url.scheme": self._scope["scheme"],
            },
            request_id=self.request_id,
        )
        if self.status >= 500:
            self._span.fail(str(self.status))

    @property
    def _route(self) -> str:
        path_format = getattr(self._scope.get("route"), "path_format", None)
        return _UNMATCHED if path_format is None else template(path_format, self._scope["path"])


def template(route: str, path: str) -> str:
    """Return a route's template with the prefix that its router is mounted under, which the route does not know.

    Args:
        route: `/agents/{agent_id}`.
        path: one that it matched: `/v1/agents/agt_1`.
    """
    own, segments = route.split("/")[1:], path.split("/")
    before, rest = segments[: -len(own)], segments[-len(own) :]
    if any(mine != theirs and not mine.startswith("{") for mine, theirs in zip(own, rest, strict=False)):
        return route  # a parameter that spans segments: what stands before it is not to be told from it
    return "/".join(before) + route
