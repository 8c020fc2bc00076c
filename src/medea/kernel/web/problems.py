"""Problem documents (RFC 9457): how every refusal looks on the wire, and in OpenAPI."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from medea.kernel.db.outages import OUTAGES, is_outage
from medea.kernel.errors import AppError, FieldError, Invalid, NotFound, TooLarge, Unavailable
from medea.kernel.telemetry.metrics import PROBLEMS

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

Renderer = Callable[[AppError], Response]


class MethodNotAllowed(AppError):
    """This address does not take that method."""

    status = 405
    title = "Method not allowed"
    code = "request.method_not_allowed"


class DatabaseAway(Unavailable):
    """The database gives no answer right now; nothing was lost, try again in a moment."""

    code = "operations.database_unavailable"


class NoSuchAddress(NotFound):
    """There is nothing at this address; see /docs for what there is."""

    code = "request.no_such_address"


def document(error: AppError, instance: str | None = None, request_id: str | None = None) -> dict[str, Any]:
    """Return the problem document of an error."""
    body: dict[str, Any] = {
        "type": f"urn:medea:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    if instance:
        body["instance"] = instance
    if request_id:
        body["request_id"] = request_id
    if error.errors:
        body["errors"] = [{"field": e.field, "message": e.message, "code": e.code} for e in error.errors]
    for name, value in error.extra.items():
        body.setdefault(name, value)
    return body


def render(error: AppError, instance: str | None = None, request_id: str | None = None) -> Response:
    """Return the response of an error."""
    PROBLEMS.labels(error.code).inc()
    headers = dict(error.headers)
    if error.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="medea"')
    body = msgspec.json.encode(document(error, instance, request_id), enc_hook=str)
    return Response(body, error.status, headers=headers, media_type=MEDIA_TYPE)


def from_validation(error: RequestValidationError) -> Invalid:
    """Turn FastAPI's validation error into ours, with the field as the caller sent it."""
    fields = [_field(item) for item in error.errors()]
    detail = "; ".join(f"{f.field}: {f.message}" if f.field else f.message for f in fields[:3])
    return Invalid(detail or None, errors=fields)


def _field(item: Mapping[str, Any]) -> FieldError:
    place = [str(part) for part in item.get("loc", ())]
    if place and place[0] in {"body", "query", "path", "header", "cookie"}:
        place = place[1:]
    if item.get("type") == "json_invalid":
        return FieldError("", "the body is not valid JSON", "json_invalid")
    if item.get("type") == "model_attributes_type" and not place:  # also JSON under another content type
        return FieldError("", "send a JSON object with `Content-Type: application/json`", "json_object")
    return FieldError(".".join(place), _message(item), str(item.get("type", "invalid")))


def _message(item: Mapping[str, Any]) -> str:
    bounds = item.get("ctx") or {}
    unit = "characters" if isinstance(item.get("input"), str) else "entries"
    match str(item.get("type")).removeprefix("string_"):
        case "too_long" if "max_length" in bounds:
            return f"must have at most {bounds['max_length']} {unit}"
        case "too_short" if "min_length" in bounds:
            least = bounds["min_length"]
            return "must not be empty" if least == 1 else f"must have at least {least} {unit}"
    return str(item.get("msg", "is not valid")).removeprefix("Value error, ")


def install(app: FastAPI, styles: Sequence[tuple[str, Renderer]] = ()) -> None:
    """Make the application answer every error with a problem document.

    Args:
        app: the application.
        styles: other renderers by path prefix, for dialects whose clients expect their own shape.
    """

    def answer(request: Request, error: AppError) -> Response:
        for prefix, renderer in styles:
            if request.url.path.startswith(prefix):
                PROBLEMS.labels(error.code).inc()
                return renderer(error)
        return render(error, request.url.path, _request_id(request))

    async def on_app_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, AppError)  # noqa: S101 - narrows the type Starlette gives
        return answer(request, error)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        return answer(request, from_validation(error))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        return answer(request, _from_http(error, request.headers.get("content-type", "")))

    async def on_crash(request: Request, error: Exception) -> Response:
        response = answer(request, AppError("Something went wrong on our side; it has been logged."))
        response.headers["X-Request-Id"] = _request_id(request) or ""  # sent outside of what adds it otherwise
        return response

    async def on_database(request: Request, error: Exception) -> Response:
        if not is_outage(error):
            raise error
        log.warning("http.database_away", path=request.url.path, error=type(error).__name__)
        return answer(request, DatabaseAway(headers={"Retry-After": "2"}))

    async def on_left(_request: Request, _error: Exception) -> Response:
        return Response(status_code=499)  # nobody reads it; nginx's number for who hung up before the answer

    app.add_exception_handler(ClientDisconnect, on_left)
    for kind in OUTAGES:
        app.add_exception_handler(kind, on_database)
    app.add_exception_handler(AppError, on_app_error)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_crash)


def _request_id(request: Request) -> str | None:
    known: str | None = request.scope.get("state", {}).get("correlation_id")
    return known


def _from_http(error: HTTPException, sent_as: str) -> AppError:
    if error.status_code == 404:
        return NoSuchAddress()
    if error.status_code == 405:
        return MethodNotAllowed(headers=error.headers or {})
    if error.status_code == 413:
        return TooLarge(str(error.detail))
    if error.status_code == 400 and sent_as.lower().startswith("multipart/"):
        return Invalid(f"The form could not be read: {error.detail}")
    if error.status_code == 400:
        return Invalid("The body could not be read: send JSON with `Content-Type: application/json`.")
    made = AppError(str(error.detail), headers=error.headers or {})
    made.status = error.status_code  # type: ignore[misc]  # an instance may narrow its class's status
    return made


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what happened and what to do"},
        "code": {"type": "string", "description": "stable name of the refusal"},
        "instance": {"type": "string"},
        "request_id": {"type": "string", "description": "what to quote when you ask about it"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message", "code"],
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}


def problems(*errors: type[AppError]) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that can refuse in these ways."""
    found: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = found.setdefault(
            error.status,
            {"description": error.title, "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA, "examples": {}}}},
        )
        sample = document(error())
        entry["content"][MEDIA_TYPE]["examples"][error.code] = {"value": sample}
    return found
