"""The policy under aiohttp.

`guarded_session` gives a `ClientSession` for streaming calls; `OutboundClient` is what everything else uses:
one request, one bounded answer.
"""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from medea.kernel.outbound.egress import Stopwatch
from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundTooLarge, OutboundUnreachable
from medea.kernel.outbound.policy import OutboundPolicy
from medea.kernel.outbound.resolving import ThreadResolver

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_PINS = 1000


class _Guard(AbstractResolver):
    """The three places at which aiohttp asks: request, resolution, socket."""

    def __init__(self, policy: OutboundPolicy, resolver: AbstractResolver, purpose: str | None) -> None:
        self._policy = policy
        self._resolver = resolver
        self._purpose = purpose
        self._allowed: dict[tuple[str, int], None] = {}  # private addresses of hosts that the operator named

    async def request(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Client middleware: aiohttp runs it for every hop of a redirect."""
        watch = None if self._purpose is None else Stopwatch(request.method, self._purpose)
        try:
            target = self._policy.check_url(str(request.url))
            if target.is_private_allowed:
                self._allow(target.host, target.port)
            response = await handler(request)
        except BaseException as error:
            if watch is not None:
                watch.note(request.url, refusal=_kind_of(error))
            raise
        if watch is not None:
            watch.note(request.url, status=response.status)
        return response

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Resolve a name and keep its public addresses; the connection is made to one of these."""
        name = host.lower().removesuffix(".")
        allowed = (name, port) in self._allowed
        found = await self._resolver.resolve(host, port, family)
        passed, refusal = [], None
        for entry in found:
            try:
                self._policy.check_address(entry["host"], is_private_allowed=allowed)
            except OutboundRefused as error:
                refusal = error
                continue
            if allowed:
                self._allow(entry["host"], port)
            passed.append(entry)
        if not passed:
            raise refusal or OSError(f"no address for {host}")
        return passed

    def open_socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Socket factory: the last look at an address before the connection to it."""
        family, kind, protocol, _, address = info
        allowed = (str(address[0]), int(address[1])) in self._allowed
        self._policy.check_address(str(address[0]), is_private_allowed=allowed)
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        await self._resolver.close()

    def _allow(self, host: str, port: int) -> None:
        self._allowed[host, port] = None
        if len(self._allowed) > _MAX_PINS:
            del self._allowed[next(iter(self._allowed))]


def guarded_session(
    policy: OutboundPolicy,
    *,
    max_connections: int = 1000,
    keepalive: float = 60.0,
    resolver: AbstractResolver | None = None,
    purpose: str | None = "other",
) -> aiohttp.ClientSession:
    """Make a session whose every connection has passed the policy. Needs a running loop.

    Each request is noted in the log of the door, for what `purpose` says; None: whoever sends does so.

    It keeps no cookies, reads no proxy from the environment, and its resolver caches nothing. Callers must
    send with `allow_redirects=False` unless they want redirects, each of which is checked, too.

    Raises (the session's requests):
        OutboundRefused: for URLs and addresses that the policy refuses.
    """
    guard = _Guard(policy, resolver or ThreadResolver(), purpose)
    connector = aiohttp.TCPConnector(
        limit=max_connections,
        keepalive_timeout=keepalive,
        use_dns_cache=False,
        resolver=guard,
        socket_factory=guard.open_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        middlewares=(guard.request,),
    )


def _kind_of(error: BaseException) -> str:
    """Return what the log calls a failure."""
    match error:
        case OutboundRefused():
            return str(error.extra.get("reason") or "refused")
        case OutboundTooLarge():
            return "too_large"
        case TimeoutError() | asyncio.CancelledError():  # a time that is up cancels what waits
            return "timeout"
    return "unreachable"


@dataclass(frozen=True, slots=True)
class OutboundResponse:
    """An answer, read whole.

    Attributes:
        headers: names in lower case; of repeated ones the last.
        url: of the last hop.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How much of an answer's body may come, and is read, in bytes."""

    max_bytes: int
    cut_at: int | None


@dataclass(slots=True)
class OutboundClient:
    """Sends single requests through the door.

    Attributes:
        policy: what is let through.
        timeout: seconds for the whole exchange, redirects included.
        max_bytes: of an answer's body, after decompression.
        resolver: for tests.
    """

    policy: OutboundPolicy
    timeout: float = 15.0
    max_bytes: int = 1_000_000
    resolver: AbstractResolver | None = None
    _session: aiohttp.ClientSession | None = field(default=None, init=False, repr=False)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_redirects: int = 0,
        timeout: float | None = None,  # noqa: ASYNC109 - one number for the caller, kept by asyncio.timeout below
        cut_at: int | None = None,
        max_bytes: int | None = None,
        purpose: str = "other",
    ) -> OutboundResponse:
        """Send one request and read its answer.

        With `cut_at` so many bytes of the answer are read, and no more: a longer one is cut, not refused. With
        `max_bytes` so many may come instead of what others may give.
        Each hop is noted in the log of the door, for what `purpose` says.

        A redirect is followed at most `max_redirects` times, each hop checked and without the given headers
        once it leaves the origin; with 0 it comes back as the answer that it is.

        Raises:
            OutboundRefused: the policy refuses the URL, one of its redirects, or what they resolve to.
            OutboundUnreachable: no connection, or it broke.
            OutboundTimeout: the time is up.
            OutboundTooLarge: the answer exceeds `max_bytes`.
        """
        bounds = _Bounds(self.max_bytes if max_bytes is None else max_bytes, cut_at)
        try:
            async with asyncio.timeout(timeout or self.timeout):
                return await self._follow(method, url, headers or {}, body, max_redirects, bounds, purpose)
        except TimeoutError:
            raise OutboundTimeout from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise OutboundUnreachable(reason=type(error).__name__) from None

    async def close(self) -> None:
        """Close all connections; the client may be used again."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _follow(
        self,
        method: str,
        raw: str,
        headers: Mapping[str, str],
        body: bytes | None,
        redirects: int,
        bounds: "_Bounds",
        purpose: str,
    ) -> OutboundResponse:
        url = self._checked(raw, Stopwatch(method, purpose))
        while True:
            watch = Stopwatch(method, purpose)
            try:
                answer = await self._exchange(method, url, headers, body, bounds)
            except BaseException as error:
                watch.note(url, refusal=_kind_of(error))
                raise
            watch.note(url, status=answer.status, received=len(answer.body))
            location = answer.headers.get("location")
            if redirects <= 0 or answer.status not in _REDIRECTS or location is None:
                return answer
            redirects -= 1
            target = self._checked(str(url.join(URL(location))), Stopwatch(method, purpose))
            if target.origin() != url.origin():
                headers, body = {}, None
            if answer.status == 303 or body is None:
                method, body = ("HEAD" if method == "HEAD" else "GET"), None
            url = target

    def _checked(self, raw: str, watch: Stopwatch) -> URL:
        try:
            return self.policy.check_url(raw).url
        except OutboundRefused as error:
            watch.note(raw, refusal=_kind_of(error))
            raise

    async def _exchange(
        self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None, bounds: "_Bounds"
    ) -> OutboundResponse:
        session = self._session
        if session is None or session.closed:
            session = self._session = guarded_session(
                self.policy, max_connections=500, resolver=self.resolver, purpose=None
            )
        async with session.request(
            method, url, headers=headers, data=body, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=None)
        ) as response:
            found = bytearray()
            async for chunk in response.content.iter_any():
                found += chunk
                if bounds.cut_at is not None and len(found) >= bounds.cut_at:
                    del found[bounds.cut_at :]
                    response.close()
                    break
                if len(found) > bounds.max_bytes:
                    raise OutboundTooLarge
            names = {name.lower(): value for name, value in response.headers.items()}
            return OutboundResponse(response.status, names, bytes(found), str(response.url))
