"""The router that every module uses."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from medea.kernel.auth.principal import ANONYMOUS
from medea.kernel.errors import Forbidden, Invalid, LimitReached, TooLarge, Unauthenticated, Unavailable
from medea.kernel.web import idempotency
from medea.kernel.web.problems import problems
from medea.kernel.web.rates import CHARGED, charge, covers_of
from medea.kernel.web.security import DOCUMENTED, authenticate, ports_of

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
Describe = Callable[..., dict[int | str, dict[str, Any]]]


class Route(APIRoute):
    """A route that counts its requests, and honours `Idempotency-Key` on POST."""

    is_public = False

    def get_route_handler(self) -> Endpoint:
        """Wrap FastAPI's handler."""
        handler = super().get_route_handler()
        covers, is_counted = covers_of(self.endpoint), not self.is_public or covers_of(self.endpoint) != "api"
        is_post = "POST" in (self.methods or ())

        async def run(request: Request) -> Response:
            is_keyed = is_post and idempotency.HEADER in request.headers
            if not (is_counted or is_keyed):
                return await handler(request)
            try:
                principal = await authenticate(request)
            except Unauthenticated:
                if not self.is_public:
                    raise
                principal = ANONYMOUS  # whether a stale credential matters is the route's to say: logging in takes one
            if is_counted and CHARGED not in request.scope:
                await charge(request, principal, covers)
            if is_keyed and principal.tenant_id is not None:
                return await idempotency.run_once(request, principal, ports_of(request), handler)
            return await handler(request)

        return run


class PublicRoute(Route):
    """A route that needs no credential. Only what is marked `rated` is counted here: its door has its own limits."""

    is_public = True


def make_router(prefix: str, tag: str, *, is_public: bool = False, refusals: Describe = problems) -> APIRouter:
    """Make a module's router.

    Args:
        prefix: path below `/v1`, e.g. `/agents`.
        tag: heading in the API documentation.
        is_public: True where no credential is needed.
        refusals: how the documentation describes refusals, where they are not problem documents.
    """
    families = refusals(Invalid, TooLarge, Unavailable)
    if not is_public:
        families |= refusals(Unauthenticated, Forbidden, LimitReached)
    dependencies = [] if is_public else [Depends(scheme) for scheme in DOCUMENTED]
    kind = PublicRoute if is_public else Route
    return APIRouter(prefix=prefix, tags=[tag], route_class=kind, responses=families, dependencies=dependencies)
