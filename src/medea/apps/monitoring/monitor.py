"""The metrics of one process: counted ones, looked-up ones, and how late its event loop is."""

import asyncio
import hmac
import ipaddress
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from medea.apps.monitoring.gauges import Gauges
from medea.kernel.settings import TelemetrySettings
from medea.kernel.telemetry.metrics import LOOP_LAG

if TYPE_CHECKING:
    from medea.apps.bootstrap import Installation

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LAG_SECONDS = 0.5
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Monitor:
    """Writes the page that Prometheus reads.

    Args:
        installation: what is looked at.
        process: `api`, `worker`, `relay`, or `all`.

    Attributes:
        is_leaving: whether the process is about to stop, and should get no more to do.
    """

    def __init__(self, installation: "Installation", process: str) -> None:
        self.is_leaving: Callable[[], bool] = lambda: False
        self._gauges = Gauges(installation, process)
        self._own = CollectorRegistry(auto_describe=False)
        self._own.register(self._gauges)
        self._probing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look how late the event loop is."""
        self._probing = asyncio.create_task(_probe(), name="event-loop-lag")

    def close(self) -> None:
        """End that."""
        if self._probing is not None:
            self._probing.cancel()

    async def page(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        await self._gauges.look()
        return await asyncio.to_thread(self._write)  # tokens flow meanwhile

    def _write(self) -> bytes:
        return generate_latest(REGISTRY) + generate_latest(self._own)


def may_read(settings: TelemetrySettings, address: str | None, headers: Mapping[str, str]) -> bool:
    """Tell whether a caller may see the metrics: with the token if there is one, else from this machine itself.

    What a proxy on this machine passes on comes from elsewhere; one that says so in no header needs the token.

    Args:
        settings: hold the token.
        address: of the connection's other end.
        headers: of the request, their names in lower case.
    """
    if settings.metrics_token is not None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        token = settings.metrics_token.get_secret_value().encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token)
    if not _is_loopback(address) or any(name in headers for name in _FORWARDED):
        return False
    host = urlsplit(f"//{headers.get('host', '')}").hostname  # another name here is a page's trick with its DNS
    return host in {None, "localhost"} or _is_loopback(host)


def _is_loopback(address: str | None) -> bool:
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


async def _probe() -> None:
    while True:
        due = time.perf_counter() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        LOOP_LAG.observe(max(0.0, time.perf_counter() - due))
