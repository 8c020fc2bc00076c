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
from aiohttp.resolver import DefaultResolver
from yarl import URL

from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundTooLarge, OutboundUnreachable
from medea.kernel.outbound.policy import OutboundPolicy

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_PINS = 1000


class _Guard(AbstractResolver):
    """The three places at which aiohttp asks: request, resolution, socket."""

    def __init__(self, policy: OutboundPolicy, resolver: AbstractResolver) -> None:
        self._policy = policy
        self._resolver = resolver
        self._allowed: dict[tuple[str, int], None] = {}  # private addresses of hosts that the operator named

    async def request(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Client middleware: aiohttp runs it for every hop of a redirect."""
        target = self._policy.check_url(str(request.url))
        if target.is_private_allowed:
            self._allow(target.host, target.port)
        return await handler(request)

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
) -> aiohttp.ClientSession:
    """Make a session whose every connection has passed the policy. Needs a running loop.

    It keeps no cookies, reads no proxy from the environment, and its resolver caches nothing. Callers must
    send with `allow_redirects=False` unless they want redirects, each of which is checked, too.

    Raises (the session's requests):
        OutboundRefused: for URLs and addresses that the policy refuses.
    """
    guard = _Guard(policy, resolver or DefaultResolver())
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
    ) -> OutboundResponse:
        """Send one request and read its answer.

        A redirect is followed at most `max_redirects` times, each hop checked and without the given headers
        once it leaves the origin; with 0 it comes back as the answer that it is.

        Raises:
            OutboundRefused: the policy refuses the URL, one of its redirects, or what they resolve to.
            OutboundUnreachable: no connection, or it broke.
            OutboundTimeout: the time is up.
            OutboundTooLarge: the answer exceeds `max_bytes`.
        """
        try:
            async with asyncio.timeout(timeout or self.timeout):
                return await self._follow(method, url, headers or {}, body, max_redirects)
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
        self, method: str, raw: str, headers: Mapping[str, str], body: bytes | None, redirects: int
    ) -> OutboundResponse:
        url = self.policy.check_url(raw).url
        while True:
            answer = await self._exchange(method, url, headers, body)
            location = answer.headers.get("location")
            if redirects <= 0 or answer.status not in _REDIRECTS or location is None:
                return answer
            redirects -= 1
            target = self.policy.check_url(str(url.join(URL(location)))).url
            if target.origin() != url.origin():
                headers, body = {}, None
            if answer.status == 303 or body is None:
                method, body = ("HEAD" if method == "HEAD" else "GET"), None
            url = target

    async def _exchange(
        self, method: str, url: URL, headers: Mapping[str, str], body: bytes | None
    ) -> OutboundResponse:
        session = self._session
        if session is None or session.closed:
            session = self._session = guarded_session(self.policy, max_connections=100, resolver=self.resolver)
        async with session.request(
            method, url, headers=headers, data=body, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=None)
        ) as response:
            found = bytearray()
            async for chunk in response.content.iter_any():
                found += chunk
                if len(found) > self.max_bytes:
                    raise OutboundTooLarge
            names = {name.lower(): value for name, value in response.headers.items()}
            return OutboundResponse(response.status, names, bytes(found), str(response.url))
