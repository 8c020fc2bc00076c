"""The router that every module uses."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from medea.kernel.errors import Forbidden, Invalid, TooLarge, Unauthenticated, Unavailable
from medea.kernel.web import idempotency
from medea.kernel.web.problems import problems
from medea.kernel.web.security import DOCUMENTED, authenticate, ports_of

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
Describe = Callable[..., dict[int | str, dict[str, Any]]]


class Route(APIRoute):
    """A route that honours `Idempotency-Key` on POST."""

    def get_route_handler(self) -> Endpoint:
        """Wrap FastAPI's handler."""
        handler = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handler

        async def run(request: Request) -> Response:
            if idempotency.HEADER not in request.headers:
                return await handler(request)
            try:
                principal = await authenticate(request)
            except Unauthenticated:  # whether a stale credential matters is the route's to say: logging in takes one
                return await handler(request)
            if principal.tenant_id is None:
                return await handler(request)
            return await idempotency.run_once(request, principal, ports_of(request), handler)

        return run


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
        families |= refusals(Unauthenticated, Forbidden)
    dependencies = [] if is_public else [Depends(scheme) for scheme in DOCUMENTED]
    return APIRouter(prefix=prefix, tags=[tag], route_class=Route, responses=families, dependencies=dependencies)
