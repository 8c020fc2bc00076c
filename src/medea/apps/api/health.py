"""`/healthz`, `/readyz`, `/metrics`, and what a client must know before it logs in."""

import asyncio

from fastapi import APIRouter, Request, Response

from medea import __version__
from medea.apps.monitoring.monitor import CONTENT_TYPE, Monitor, may_read
from medea.kernel.errors import Forbidden, Unavailable
from medea.kernel.web.problems import problems
from medea.kernel.web.security import ports_of
from medea.kernel.web.wire import Wire

router = APIRouter(tags=["operations"])

_PATIENCE = 2.0


class DatabaseUnavailable(Unavailable):
    """The database gives no answer; this process should get no traffic for now."""

    code = "operations.database_unavailable"


class ProcessLeaves(Unavailable):
    """This process is about to stop; it should get no more traffic."""

    code = "operations.leaving"


class MetricsRefused(Forbidden):
    """Metrics are for this machine itself, or for whoever sends the operator's token as `Authorization: Bearer`."""

    code = "operations.metrics_refused"


class Health(Wire):
    """How the process is."""

    status: str
    version: str


class PublicConfig(Wire):
    """What the browser parts need to know of this installation."""

    dashboard_origin: str
    widget_origin: str
    version: str
    has_mail_outbox: bool


@router.get("/healthz")
async def is_alive() -> Health:
    """Tell that the process runs."""
    return Health(status="ok", version=__version__)


@router.get("/readyz", responses=problems(DatabaseUnavailable, ProcessLeaves))
async def is_ready(request: Request) -> Health:
    """Tell whether the process can do its work and will go on doing it."""
    if request.app.state.leaving.is_announced:
        raise ProcessLeaves()
    try:
        async with asyncio.timeout(_PATIENCE):
            await ports_of(request).database.ping()
    except Exception as error:
        raise DatabaseUnavailable() from error
    return Health(status="ok", version=__version__)


@router.get("/metrics", response_class=Response, responses=problems(MetricsRefused))
async def metrics(request: Request) -> Response:
    """Show the process's metrics in Prometheus' text format."""
    address = request.client.host if request.client else None
    if not may_read(ports_of(request).settings.telemetry, address, request.headers):
        raise MetricsRefused()
    monitor: Monitor = request.app.state.monitor
    return Response(await monitor.page(), headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})


@router.get("/v1/config")
async def public_config(request: Request) -> PublicConfig:
    """Read the origins of this installation."""
    settings = ports_of(request).settings
    return PublicConfig(
        dashboard_origin=settings.dashboard_origin,
        widget_origin=settings.widget_origin,
        version=__version__,
        has_mail_outbox=settings.mail.backend == "local",
    )
