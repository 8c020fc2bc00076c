"""Building the ASGI application."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from medea import __version__
from medea.apps import registry
from medea.apps.api import assets, description, health, pages
from medea.apps.monitoring.monitor import Monitor
from medea.kernel.auth.authenticator import Authenticator
from medea.kernel.context import Ports
from medea.kernel.settings import Settings
from medea.kernel.web import direct, problems
from medea.kernel.web.leaving import Leaving
from medea.kernel.web.middleware import Edge

DESCRIPTION = """
AI chat assistants for websites.

Send `Authorization: Bearer sk_...` from a server; a browser on your site opens a visitor session with a
publishable key first. Errors are problem documents (RFC 9457) with a stable `code`; lists are paged by
`limit` and `cursor`; POST takes an `Idempotency-Key`.
"""


def make_app(settings: Settings) -> FastAPI:
    """Build the application; `attach` gives it what it works with.

    Args:
        settings: origins and limits.
    """
    app = FastAPI(
        title="Medea",
        version=__version__,
        description=DESCRIPTION.strip(),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the request names
        generate_unique_id_function=lambda route: route.name,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # asks the environment at each request
    )
    app.state.leaving = Leaving()
    for router in registry.routers():
        app.include_router(router, prefix="/v1")
    for router in registry.roots():
        app.include_router(router)
    app.include_router(health.router)
    app.include_router(pages.make_router(settings))
    description.mount(app)
    assets.mount(app, settings)
    direct.install(app)
    problems.install(app, registry.ERROR_STYLES)
    app.add_middleware(
        Edge,
        max_body=settings.limits.max_body_bytes,
        uploads=registry.uploads(),
        max_upload=settings.knowledge.max_upload_bytes,
        trusts_traces=settings.telemetry.trust_traceparent,
    )
    return app


def attach(app: FastAPI, ports: Ports, authenticator: Authenticator, monitor: Monitor) -> None:
    """Give the application its ports. Before this only `/openapi.json` can be served."""
    app.state.ports = ports
    app.state.authenticator = authenticator
    app.state.monitor = monitor


def describe(app: FastAPI) -> dict[str, object]:
    """Return the OpenAPI document."""
    return get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
