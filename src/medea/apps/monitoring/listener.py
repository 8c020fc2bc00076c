"""A small HTTP server beside a process: `/metrics`, `/healthz`, `/readyz`, and nothing else.

Apart from the API's own port, so that it can be on an address that only the operator's network reaches; and for
workers and relays, which have no other. No framework, for there is nothing to it.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from medea import __version__
from medea.apps.monitoring.monitor import CONTENT_TYPE, Monitor, may_read
from medea.kernel.settings import TelemetrySettings

if TYPE_CHECKING:
    from medea.apps.bootstrap import Installation

_HEAD_BYTES = 16_384
_HEAD_SECONDS = 5.0
_READY_SECONDS = 2.0
_REASONS = {200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
            500: "Internal Server Error", 503: "Service Unavailable"}  # fmt: skip

REFUSED = (
    "Metrics are for this machine itself, or for whoever sends the token of MEDEA_TELEMETRY__METRICS_TOKEN "
    "as `Authorization: Bearer ...`."
)

_log = structlog.get_logger()

Answer = tuple[int, str, bytes]


class ListenerUnusable(Exception):
    """The address of the metrics cannot be listened at; one sentence for the operator."""


@asynccontextmanager
async def listening(installation: "Installation", monitor: Monitor) -> AsyncIterator[None]:
    """Serve for the time of a block, if the settings name a port.

    Raises:
        ListenerUnusable: the address cannot be had.
    """
    settings = installation.ports.settings.telemetry
    if settings.metrics_port is None:
        yield
        return
    serve = _Serving(settings, monitor, installation.ports.database.ping)
    try:
        server = await asyncio.start_server(
            serve.answer, settings.metrics_host, settings.metrics_port, limit=_HEAD_BYTES
        )
    except OSError as error:
        raise ListenerUnusable(
            f"Port {settings.metrics_port} on {settings.metrics_host} cannot be used for metrics ({error.strerror}): "
            "choose others with MEDEA_TELEMETRY__METRICS_HOST and MEDEA_TELEMETRY__METRICS_PORT, one per process."
        ) from error
    _log.info("monitoring.listening", host=settings.metrics_host, port=settings.metrics_port)
    try:
        yield
    finally:
        server.close()


class _Serving:
    """Answers one request per connection."""

    def __init__(self, settings: TelemetrySettings, monitor: Monitor, ping: Callable[[], Awaitable[None]]) -> None:
        self._settings = settings
        self._monitor = monitor
        self._ping = ping

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request, answer it, hang up."""
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            address = writer.get_extra_info("peername")
            status, kind, body = await self._find(head, address[0] if address else None)
            writer.write(
                f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                "Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # whoever it was has not asked
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _find(self, head: str, address: str | None) -> Answer:
        first, *lines = head.split("\r\n")
        method, _, rest = first.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if method != "GET":
            return _text(405, "Only GET.")
        match path:
            case "/healthz":
                return _json(200, "ok")
            case "/readyz":
                return await self._ready()
            case "/metrics":
                return await self._metrics(address, headers)
        return _text(404, "There are /metrics, /healthz and /readyz.")

    async def _ready(self) -> Answer:
        if self._monitor.is_leaving():
            return _json(503, "about to stop")
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await self._ping()
        except Exception:  # noqa: BLE001 - whatever it is, the process cannot do its work
            return _json(503, "the database gives no answer")
        return _json(200, "ok")

    async def _metrics(self, address: str | None, headers: dict[str, str]) -> Answer:
        if not may_read(self._settings, address, headers):
            return _text(403, REFUSED)
        try:
            return 200, CONTENT_TYPE, await self._monitor.page()
        except Exception:  # noqa: BLE001 - whoever scrapes is told, and asks again
            _log.exception("monitoring.failed")
            return _text(500, "The metrics could not be written; see the log.")


def _json(status: int, told: str) -> Answer:
    return status, "application/json", json.dumps({"status": told, "version": __version__}).encode()


def _text(status: int, told: str) -> Answer:
    return status, "text/plain; charset=utf-8", told.encode()
