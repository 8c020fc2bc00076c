"""The connections to providers: one pool for the operator's own, one behind the outbound door."""

from urllib.request import getproxies_environment

import aiohttp

from medea.kernel.llm.config import CallLimits
from medea.kernel.outbound.client import guarded_session
from medea.kernel.outbound.policy import OutboundPolicy

_KEEPALIVE = 60.0  # seconds that an idle connection is kept for the next call


class Connections:
    """Shared by all adapters of a process; opened when first needed, inside the running loop.

    Sessions hold no cookies and no default headers: the key of a call travels with that call alone, so
    tenants may share a connection to the same host.
    """

    def __init__(self, limits: CallLimits, policy: OutboundPolicy) -> None:
        self._limits = limits
        self._policy = policy
        self._own: aiohttp.ClientSession | None = None
        self._guarded: aiohttp.ClientSession | None = None

    def session(self, *, is_guarded: bool) -> aiohttp.ClientSession:
        """Give the session for the operator's provider, or the one for addresses that tenants named."""
        if is_guarded:
            if self._guarded is None or self._guarded.closed:
                self._guarded = guarded_session(
                    self._policy,
                    max_connections=self._limits.max_connections,
                    keepalive=_KEEPALIVE,
                    purpose="model",
                )
            return self._guarded
        if self._own is None or self._own.closed:
            self._own = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._limits.max_connections, keepalive_timeout=_KEEPALIVE, ttl_dns_cache=60
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                # An operator behind a proxy names it in the environment. Where there is none, aiohttp must not
                # look: it does so in a thread, for each call.
                trust_env=bool(getproxies_environment()),
            )
        return self._own

    async def close(self) -> None:
        """Close both pools and what still runs in them."""
        sessions, self._own, self._guarded = (self._own, self._guarded), None, None
        for session in sessions:
            if session is not None:
                await session.close()
