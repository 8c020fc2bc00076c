"""One plain ASGI middleware around everything: correlation, body limit, origins' doors."""

import re
from collections.abc import Iterable, Sequence

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medea.kernel.errors import TooLarge
from medea.kernel.web.exchange import Exchange
from medea.kernel.web.problems import render
from medea.kernel.web.rates import HEADERS

SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]
_NOT_KEPT = (b"cache-control", b"no-store")
_PRIVATE = ("/v1", "/mcp")


class BodyTooLarge(HTTPException):
    """The body grew over the limit while it was read.

    An `HTTPException`, because FastAPI takes anything else that reading a body raises for malformed JSON.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"A request may have at most {limit} bytes.")


class Edge:
    """Gives each request an id, bounds its body, answers CORS for credentials in headers; see also `Exchange`.

    Cross-origin calls may use the API with a `Bearer` credential; cookies never travel cross-origin, since
    `Access-Control-Allow-Credentials` is not sent.

    Args:
        app: the application.
        max_body: bytes of a request body.
        uploads: paths whose routes take larger bodies, and read them piece by piece.
        max_upload: bytes of a body there.
        trusts_traces: a caller's trace goes on here.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body: int,
        uploads: Sequence[re.Pattern[str]] = (),
        max_upload: int = 0,
        trusts_traces: bool = False,
    ) -> None:
        self._app = app
        self._max_body = max_body
        self._uploads = tuple(uploads)
        self._max_upload = max_upload
        self._trusts_traces = trusts_traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if _is_preflight(scope, headers):
            await _preflight(send, headers)
            return
        method = scope["method"]
        if method == "HEAD":  # GET without the body (RFC 9110, 9.3.2); routes need not know it
            scope = {**scope, "method": "GET"}
        with Exchange(scope, headers, method=method, is_trusted=self._trusts_traces) as exchange:
            scope.setdefault("state", {})["correlation_id"] = exchange.request_id
            await self._run(scope, receive, send, headers, exchange)

    def _limit_of(self, path: str) -> int:
        if any(pattern.fullmatch(path) for pattern in self._uploads):
            return max(self._max_upload, self._max_body)
        return self._max_body

    async def _run(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], exchange: Exchange
    ) -> None:
        extra = self._extra(scope, headers.get(b"origin"), exchange)
        is_head, is_private = exchange.method == "HEAD", scope["path"].startswith(_PRIVATE)

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.begin_answer(message["status"])
                headers = message["headers"]
                private = () if not is_private or _says_how_to_keep(headers) else (_NOT_KEPT,)
                message["headers"] = [*headers, *extra, *private, *scope["state"].get(HEADERS, ())]
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        length = headers.get(b"content-length", b"0")
        limit = self._limit_of(scope["path"])
        limited = _Limited(receive, limit)
        try:
            _check_length(length, limit)
            await self._app(scope, limited.receive, send_with)
        except BodyTooLarge as error:
            refusal = TooLarge(error.detail, limit=limit)
            await render(refusal, scope["path"], exchange.request_id)(scope, receive, send_with)

    def _extra(self, scope: Scope, origin: bytes | None, exchange: Exchange) -> list[tuple[bytes, bytes]]:
        extra = [*exchange.headers, *SECURITY_HEADERS]
        if origin is not None and scope["path"].startswith("/v1"):
            extra += [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _EXPOSED)]
        if scope["app"].state.leaving.is_announced:
            extra.append((b"connection", b"close"))
        return extra


def _says_how_to_keep(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"cache-control" for name, _ in headers)


def _is_preflight(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    return (
        scope["method"] == "OPTIONS"
        and scope["path"].startswith("/v1")
        and b"origin" in headers
        and b"access-control-request-method" in headers
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


_EXPOSED = (
    b"RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id, traceresponse, "
    b"Idempotency-Replayed"
)


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
