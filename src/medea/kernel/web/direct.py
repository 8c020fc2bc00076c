"""The direct way to the few endpoints that are called all the time.

FastAPI tries its routes one after another and works out anew for every request what an endpoint needs, which costs
more than all else that the HTTP edge does for a message. For endpoints marked `@direct` both are worked out once, from
FastAPI's own routes, so that types, checks and documentation are the same. Whatever is not plain (an
`Idempotency-Key`, a body that is no JSON, input that does not fit) goes the long way, and gets FastAPI's answer.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, compile_path, request_response
from starlette.types import Message, Receive, Scope, Send

from medea.kernel.web import idempotency
from medea.kernel.web.rates import CHARGED, charge, covers_of
from medea.kernel.web.routes import Route
from medea.kernel.web.security import DOCUMENTED, authenticate, may, open_context

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

_LONG_WAY = "medea.long_way"
_JSON = b"application/json"
_KEYED = idempotency.HEADER.lower().encode()


def direct(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint: of what a path names, one JSON body, the `Request` and a context of `requires`."""
    endpoint.is_direct = True  # type: ignore[attr-defined]
    return endpoint


def install(app: FastAPI) -> None:
    """Open the direct way to all marked endpoints, once all routers are there.

    Raises:
        TypeError: a marked endpoint takes something else, or its route has settings that would not count.
    """
    contexts = [each for each in iter_route_contexts(app.routes) if getattr(each.endpoint, "is_direct", False)]
    ways = [_way(each.original_route, each.path or "") for each in contexts]
    app.router.routes.insert(0, _DirectRoute(ways))


@dataclass(frozen=True, slots=True)
class _Way:
    """What is known of an endpoint before any request.

    Attributes:
        pattern: of its whole path.
        route: FastAPI's.
        fields: what checks each part of the path, and what parts are called.
        body: what checks the body, and what it is called.
        scopes: of which the caller needs one.
        context, request: names of those parameters.
    """

    pattern: re.Pattern[str]
    route: Route
    fields: tuple[tuple[str, Any], ...]
    body: tuple[str, Any] | None
    scopes: tuple[str, ...]
    context: str
    request: str | None


def _way(route: BaseRoute, path: str) -> _Way:
    if not isinstance(route, Route):
        raise TypeError(f"{getattr(route, 'name', path)} is not on one of our routers")
    needs = route.dependant
    contexts = [each for each in needs.dependencies if each.call not in DOCUMENTED]
    scopes = getattr(contexts[0].call, "scopes", None) if len(contexts) == 1 else None
    if scopes is None or _takes_more(route.dependant) or _is_special(route):
        raise TypeError(f"{route.name} takes more than the direct way has")
    return _Way(
        pattern=compile_path(path)[0],
        route=route,
        fields=tuple((field.name, field.validate) for field in needs.path_params),
        body=(needs.body_params[0].name, needs.body_params[0].validate) if needs.body_params else None,
        scopes=scopes,
        context=contexts[0].name or "",
        request=needs.request_param_name,
    )


def _takes_more(needs: Dependant) -> bool:
    """Tell whether an endpoint has parameters that are not worked out here."""
    bodies = [each.field_info for each in needs.body_params]
    return bool(
        needs.query_params
        or needs.header_params
        or needs.cookie_params
        or len(bodies) > 1
        or any(isinstance(each, Form) or getattr(each, "embed", None) for each in bodies)
        or needs.response_param_name
        or needs.background_tasks_param_name
        or needs.http_connection_param_name
        or needs.security_scopes_param_name
    )


def _is_special(route: Route) -> bool:
    """Tell whether FastAPI would do more for a route than is done here."""
    return (
        route.is_public  # who has no credential, or a stale one, is counted elsewhere there
        or route.methods != {"POST"}
        or not iscoroutinefunction(route.endpoint)
        or route.max_body_size is not None
        or not route.response_model_by_alias
        or any(
            (
                route.response_model_include,
                route.response_model_exclude,
                route.response_model_exclude_unset,
                route.response_model_exclude_defaults,
                route.response_model_exclude_none,
            )
        )
    )


class _DirectRoute(BaseRoute):
    """Stands before all others."""

    def __init__(self, ways: list[_Way]) -> None:
        self._ways = [(way.pattern.match, way, request_response(_answering(way))) for way in ways]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match a plain request to a marked endpoint."""
        if scope["type"] != "http" or scope["method"] != "POST" or _LONG_WAY in scope:
            return Match.NONE, {}
        path = scope["path"]
        for match, way, answer in self._ways:
            if (found := match(path)) is not None:
                if any(name == _KEYED for name, _ in scope["headers"]):
                    break
                return Match.FULL, {
                    "route": way.route,
                    "endpoint": way.route.endpoint,
                    "path_params": found.groupdict(),
                    "medea.direct": answer,
                }
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what matched."""
        await scope["medea.direct"](scope, receive, send)


def _answering(way: _Way) -> Callable[[Request], Any]:
    endpoint, covers, status = way.route.endpoint, covers_of(way.route.endpoint), way.route.status_code or 200

    async def answer(request: Request) -> Response:
        principal = await authenticate(request)
        await charge(request, principal, covers)  # as on the long way: before anything of the body is read
        request.scope[CHARGED] = True
        body = await request.body()
        values = _values(way, request, body)
        if values is None:
            return _LongWay(body)
        may(principal, *way.scopes)
        async with open_context(request, principal) as ctx:  # committed before the answer is sent
            values[way.context] = ctx
            result = await endpoint(**values)
        if isinstance(result, BaseModel):
            return Response(result.model_dump_json(by_alias=True), status, media_type="application/json")
        answered: Response = result
        return answered

    return answer


def _values(way: _Way, request: Request, body: bytes) -> dict[str, Any] | None:
    """Return the endpoint's arguments but its context; None where something is not as it should be."""
    values: dict[str, Any] = {}
    given = request.scope["path_params"]
    for name, validate in way.fields:
        values[name], faults = validate(given[name])
        if faults:
            return None
    if way.body is not None:
        if not request.headers.get("content-type", "").encode().startswith(_JSON):
            return None
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return None
        values[way.body[0]], faults = way.body[1](value)
        if faults:
            return None
    if way.request is not None:
        values[way.request] = request
    return values


class _LongWay(Response):
    """Hands a request over to FastAPI's own routes, with the body that was read already."""

    def __init__(self, body: bytes) -> None:
        self._read = body
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in FastAPI's way."""
        is_read = False

        async def again() -> Message:
            nonlocal is_read
            if is_read:
                return await receive()
            is_read = True
            return {"type": "http.request", "body": self._read, "more_body": False}

        scope[_LONG_WAY] = True
        await scope["app"].router(scope, again, send)
