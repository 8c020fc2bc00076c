"""One plain ASGI middleware around everything: correlation, body limit, origins' doors, access log."""

import re
import time

import structlog
import uuid_utils
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medea.kernel.errors import TooLarge
from medea.kernel.web.problems import render

log = structlog.get_logger("medea.http")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}\Z")
_QUIET = ("/healthz", "/readyz", "/metrics", "/app/assets", "/w/assets")

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]


class BodyTooLarge(HTTPException):
    """The body grew over the limit while it was read.

    An `HTTPException`, because FastAPI takes anything else that reading a body raises for malformed JSON.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"A request may have at most {limit} bytes.")


class Edge:
    """Gives each request an id, bounds its body, answers CORS for credentials in headers, logs it.

    Cross-origin calls may use the API with a `Bearer` credential; cookies never travel cross-origin, since
    `Access-Control-Allow-Credentials` is not sent.

    Args:
        app: the application.
        max_body: bytes of a request body.
    """

    def __init__(self, app: ASGIApp, *, max_body: int) -> None:
        self._app = app
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if _REQUEST_ID.match(given) else uuid_utils.uuid7().hex
        scope.setdefault("state", {})["correlation_id"] = request_id
        origin = headers.get(b"origin") if scope["path"].startswith("/v1") else None
        if origin is not None and scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            await _preflight(send, headers)
            return
        extra = [(b"x-request-id", request_id.encode()), *SECURITY_HEADERS]
        if origin is not None:
            extra += [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _EXPOSED)]
        if scope["app"].state.leaving.is_announced:
            extra.append((b"connection", b"close"))
        await self._run(scope, receive, send, extra, headers)

    async def _run(
        self, scope: Scope, receive: Receive, send: Send, extra: list[tuple[bytes, bytes]], headers: dict[bytes, bytes]
    ) -> None:
        started = time.perf_counter()
        status = 0
        method = scope["method"]
        if is_head := method == "HEAD":  # GET without the body (RFC 9110, 9.3.2); routes need not know it
            scope = {**scope, "method": "GET"}

        async def send_with(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *extra]
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        length = headers.get(b"content-length", b"0")
        limited = _Limited(receive, self._max_body)
        try:
            _check_length(length, self._max_body)
            await self._app(scope, limited.receive, send_with)
        except BodyTooLarge as error:
            await render(TooLarge(error.detail, limit=self._max_body), scope["path"])(scope, receive, send_with)
        if not scope["path"].startswith(_QUIET):
            log.info(
                "http.request",
                method=method,
                path=scope["path"],
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
                request_id=scope["state"]["correlation_id"],
            )


def _check_length(given: bytes, limit: int) -> None:
    if not given.isdigit() or int(given) > limit:
        raise BodyTooLarge(limit)


class _Limited:
    """Counts the bytes of a body that came without a length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise BodyTooLarge(self._limit)
        return message


_EXPOSED = b"RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id, Idempotency-Replayed"


async def _preflight(send: Send, headers: dict[bytes, bytes]) -> None:
    answer = [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"GET, POST, PATCH, PUT, DELETE"),
        (b"access-control-allow-headers", headers.get(b"access-control-request-headers", b"authorization")),
        (b"access-control-max-age", b"600"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": answer})
    await send({"type": "http.response.body", "body": b""})
