"""The outbound door as a transport of httpx2, which the SDK speaks.

A request that fails is answered with a JSON-RPC error, so that it fails alone: raised here, a failure would take the
whole session with it, and all other calls on it.
"""

import asyncio
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import httpx2

from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.values import Authorize
from medea.kernel.outbound.errors import OutboundRefused

FAILED = -32050
"""JSON-RPC code of our own errors; `DoorTransport.read_failure` reads them."""
_MAX_STREAM = 32_000_000  # bytes of one streamed answer, all its events together
_HIDDEN = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection"})
_EVENTS = "text/event-stream"
_SHORT = 1_000  # bytes; an answer of ours that refuses something is shorter
_LISTS = b'"method":"tools/list"'


def _is_refusal(body: bytes) -> bool:
    """Say whether the SDK tells the server here that nobody answers its questions."""
    return len(body) < _SHORT and b"not supported" in body and b'"error"' in body and b'"method"' not in body


class DoorTransport(httpx2.AsyncBaseTransport):
    """Sends a server's requests through the door, with its credentials.

    Args:
        door: a guarded session.
        authorize: gives the credentials.
        max_bytes: of an answer that is not a stream.

    Attributes:
        failure: why no connection came about; of a request over an open one, see `read_failure`.
        status: of the last answer before the connection was open.
        listed: bytes of lists of tools that came.
        refused: what the server has asked of us (a person's words, a model's, our files) and was told that it cannot.
    """

    def __init__(self, door: aiohttp.ClientSession, authorize: Authorize, max_bytes: int) -> None:
        self._door = door
        self._authorize = authorize
        self._max_bytes = max_bytes
        self.is_open = False
        self.failure: McpFailed | None = None
        self.status = 0
        self.listed = 0
        self.refused = 0
        self._seal = secrets.token_hex(16)  # by which a failure of ours is told from a server's imitation

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; failures are JSON-RPC errors once the session is open, and raised before."""
        body = await request.aread()
        self.refused += _is_refusal(body)
        try:
            response = await self._authorized(request, body)
        except McpFailed as failure:
            if not self.is_open:
                self.failure = failure
            if not self.is_open or request.method != "POST":
                raise httpx2.ConnectError(failure.detail, request=request) from failure
            return self._failed(request, failure)
        if not self.is_open:
            self.status = response.status
        elif request.method == "POST" and response.status >= 400 and not _is_read_by_sdk(response):
            response.release()
            words = f"The server answered with status {response.status}."
            return self._failed(request, McpFailed(words, kind="rejected"))
        names = [(name, value) for name, value in response.headers.items() if name.lower() not in _HIDDEN]
        is_stream = response.headers.get("content-type", "").lower().startswith(_EVENTS)
        limit = _MAX_STREAM if is_stream else self._max_bytes
        counts = self if _LISTS in body else None
        stream = _Body(response, None if request.method == "GET" else limit, counts)
        return httpx2.Response(response.status, headers=names, stream=stream)

    def _failed(self, request: httpx2.Request, failure: McpFailed) -> httpx2.Response:
        about = {"seal": self._seal, "kind": failure.kind, "is_undone": failure.is_undone}
        about["challenge"] = failure.challenge
        error = {"code": FAILED, "message": failure.detail, "data": about}
        content = json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()
        return httpx2.Response(502, headers={"content-type": "application/json"}, content=content, request=request)

    def read_failure(self, code: int, message: str, data: Any) -> McpFailed | None:
        """Return the failure of the one request that a JSON-RPC error answers; None: the error is the server's own."""
        if code != FAILED or not isinstance(data, dict) or not isinstance(data.get("seal"), str):
            return None
        if not hmac.compare_digest(data["seal"].encode(), self._seal.encode()):
            return None
        return McpFailed(message, kind=data["kind"], challenge=data["challenge"], is_undone=data["is_undone"])

    async def _authorized(self, request: httpx2.Request, body: bytes) -> aiohttp.ClientResponse:
        given = await self._authorize(None)
        response = await self._send(request, body, given)
        if response.status == 401:
            newer = await self._authorize(given.get("Authorization", ""))
            if newer != given:
                response.release()
                response = await self._send(request, body, newer)
        if response.status == 401 or (response.status == 403 and "insufficient_scope" in _challenge(response)):
            challenge = _challenge(response)
            response.release()
            words = "The server does not accept these credentials."
            if response.status == 403:
                words = "The server wants more permissions than the connection was given."
            raise McpFailed(words, kind="unauthorized", challenge=challenge, is_undone=True)
        return response

    async def _send(
        self, request: httpx2.Request, body: bytes, credentials: Mapping[str, str]
    ) -> aiohttp.ClientResponse:
        limits = request.extensions.get("timeout", {})
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HIDDEN}
        headers |= {"accept-encoding": "gzip, deflate", "user-agent": "medea", **credentials}
        try:
            return await self._door.request(
                request.method,
                str(request.url),
                headers=headers,
                data=body or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=limits.get("connect"), sock_read=limits.get("read")
                ),
            )
        except OutboundRefused as error:
            raise McpFailed(error.detail, kind="refused", is_undone=True) from None
        except aiohttp.ServerTimeoutError as error:
            is_undone = isinstance(error, aiohttp.ConnectionTimeoutError)
            raise McpFailed("The server did not answer in time.", kind="timeout", is_undone=is_undone) from None
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            is_undone = isinstance(error, aiohttp.ClientConnectorError)
            words = "The server cannot be reached." if is_undone else "The connection to the server broke."
            raise McpFailed(words, kind="unreachable", is_undone=is_undone) from None

    async def aclose(self) -> None:
        """Close the door's connections."""
        await self._door.close()


class _Body(httpx2.AsyncByteStream):
    """The body of an answer, decompressed by the door, up to a number of bytes."""

    def __init__(self, response: aiohttp.ClientResponse, limit: int | None, counts: DoorTransport | None) -> None:
        self._response = response
        self._left = limit
        self._counts = counts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_any():
                if self._counts is not None:
                    self._counts.listed += len(chunk)
                if self._left is not None:
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise httpx2.StreamError("the answer is too large")
                yield chunk
        except TimeoutError as error:
            raise httpx2.ReadTimeout(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise httpx2.ReadError(type(error).__name__) from None

    async def aclose(self) -> None:
        self._response.close()
        await asyncio.sleep(0)


def _challenge(response: aiohttp.ClientResponse) -> str:
    return ", ".join(response.headers.getall("WWW-Authenticate", []))[:2_000]


def _is_read_by_sdk(response: aiohttp.ClientResponse) -> bool:
    """Say whether the SDK makes something of an error: of a JSON-RPC error in it, or of the end of a session."""
    return response.status == 404 or response.headers.get("content-type", "").lower().startswith("application/json")
