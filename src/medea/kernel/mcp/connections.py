"""The port: connections to servers, opened when they are first needed, shared by a tenant's turns, closed when idle."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import aiohttp
from aiohttp.abc import AbstractResolver

from medea.kernel.ids import TenantId
from medea.kernel.mcp.errors import McpFailed
from medea.kernel.mcp.oauth.values import OAuthSteps
from medea.kernel.mcp.values import Command, Endpoint, Listing, OnChange, Request, ToolAnswer
from medea.kernel.outbound.client import guarded_session
from medea.kernel.outbound.policy import OutboundPolicy

Key = tuple[TenantId, UUID]
Door = Callable[[], aiohttp.ClientSession]
_BROKEN = 15.0  # seconds for which a server that did not answer is not tried again
_TEND = 10.0  # seconds between two looks for connections that nobody uses
_BETWEEN = 60.0  # seconds between two times that a server is asked anew because it says so
_MANY = 1_000  # servers of which it is remembered
_SETTLING = 3.0  # seconds for which what changes at once is waited for


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one process.

    Attributes:
        connect_seconds: to connect and agree on a version.
        list_seconds: to say what it offers.
        idle_seconds: after which a connection that nobody uses is closed.
        per_tenant: open connections of one tenant.
        total: of all.
        max_bytes: of an answer.
    """

    connect_seconds: float = 10.0
    list_seconds: float = 20.0
    idle_seconds: float = 300.0
    per_tenant: int = 20
    total: int = 200
    max_bytes: int = 4_000_000


class Connection(Protocol):
    """One open connection; `session` has the real one."""

    endpoint: Endpoint
    used_at: float
    calls: int

    @property
    def is_alive(self) -> bool:
        """Whether anything can be asked over it."""
        ...

    async def open(self, seconds: float) -> None:
        """Connect, or raise McpFailed."""
        ...

    async def close(self, seconds: float = 1.0) -> None:
        """Say goodbye and disconnect."""
        ...

    async def list_tools(self, seconds: float) -> Listing:
        """Return what the server offers, or raise McpFailed."""
        ...

    async def call(self, request: Request) -> ToolAnswer:
        """Call a tool, or raise McpFailed."""
        ...


class Protocols(Protocol):
    """What imports the SDK, loaded when the first server is spoken to."""

    def connect(
        self, endpoint: Endpoint, door: Door, on_change: Callable[[], Awaitable[None]], max_bytes: int
    ) -> Connection:
        """Make a connection that is not open yet."""
        ...

    def oauth(self) -> OAuthSteps:
        """Return the steps of getting a token."""
        ...


@dataclass(slots=True)
class _Slot:
    """A place for one connection; the lock lets one open it while others wait."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    connection: Connection | None = None
    failed: tuple[float, str, McpFailed] | None = None
    waiting: int = 0
    is_opening: bool = False


class McpConnections:
    """The open connections of this process.

    Args:
        policy: what the door lets through.
        protocols: see `Protocols`.
        limits: see `Limits`.
        programs: of the operator's, by name.
        resolver: for tests.
    """

    def __init__(
        self,
        policy: OutboundPolicy,
        protocols: Protocols,
        limits: Limits,
        programs: Mapping[str, Command] | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.limits = limits
        self.programs = programs or {}
        self._policy = policy
        self._protocols = protocols
        self._resolver = resolver
        self._slots: dict[Key, _Slot] = {}
        self._due: dict[Key, float] = {}  # when a server that said that it has changed is asked, or was last
        self._tending: asyncio.Task[None] | None = None

    @property
    def oauth(self) -> OAuthSteps:
        """The steps of getting a token for a server."""
        return self._protocols.oauth()

    async def list_tools(self, tenant: TenantId, server: UUID, endpoint: Endpoint, on_change: OnChange) -> Listing:
        """Return what a server offers; it is tried even if it has just failed.

        Args:
            tenant: whose connection it is.
            server: which, by its id.
            endpoint: where it is; another `version` than the open connection's makes a new one.
            on_change: see `OnChange`.

        Raises:
            McpFailed: it does not say.
        """
        seconds = self.limits.list_seconds
        for is_last in (False, True):
            connection = await self._get(tenant, server, endpoint, on_change, patiently=True)
            try:
                return await connection.list_tools(seconds)
            except McpFailed as failure:
                await self._after(tenant, server, connection, failure)
                if is_last or failure.kind != "unreachable":
                    raise
        raise AssertionError("unreachable")

    async def call(
        self,
        tenant: TenantId,
        server: UUID,
        endpoint: Endpoint,
        on_change: OnChange,
        request: Request,
    ) -> ToolAnswer:
        """Call a tool. A call that cannot have begun, as the connection had ended, is made on a new one.

        Raises:
            McpFailed: it gave no result.
        """
        for is_last in (False, True):
            connection = await self._get(tenant, server, endpoint, on_change)
            try:
                return await connection.call(request)
            except McpFailed as failure:
                await self._after(tenant, server, connection, failure)
                if is_last or not failure.is_undone or failure.kind != "unreachable":
                    raise
        raise AssertionError("unreachable")

    async def _after(self, tenant: TenantId, server: UUID, connection: Connection, failure: McpFailed) -> None:
        """Give up a connection that has ended on the other side."""
        slot = self._slots.get((tenant, server))
        if failure.kind in {"unreachable", "unauthorized"} and slot is not None and slot.connection is connection:
            slot.connection = None
            await connection.close()

    async def _get(
        self, tenant: TenantId, server: UUID, endpoint: Endpoint, on_change: OnChange, *, patiently: bool = False
    ) -> Connection:
        key = tenant, server
        while True:
            slot = self._slots.setdefault(key, _Slot())
            slot.waiting += 1
            try:
                async with slot.lock:
                    if self._slots.get(key) is not slot:
                        continue  # it was forgotten while this one waited
                    connection = slot.connection
                    if connection is None or not connection.is_alive or connection.endpoint.version != endpoint.version:
                        connection = await self._open(key, slot, endpoint, on_change, patiently=patiently)
                    return connection
            finally:
                slot.waiting -= 1

    async def forget(self, tenant: TenantId, server: UUID) -> None:
        """Close the connection to a server that was changed or deleted."""
        slot = self._slots.pop((tenant, server), None)
        if slot is not None and slot.connection is not None:
            await slot.connection.close()

    async def close(self) -> None:
        """Close all."""
        if self._tending is not None:
            self._tending.cancel()
            await asyncio.wait({self._tending})
            self._tending = None
        slots, self._slots = self._slots, {}
        await asyncio.gather(*(slot.connection.close() for slot in slots.values() if slot.connection is not None))

    def count(self) -> int:
        """Return how many are open."""
        return sum(1 for slot in self._slots.values() if slot.connection is not None and slot.connection.is_alive)

    async def _open(
        self, key: Key, slot: _Slot, endpoint: Endpoint, on_change: OnChange, *, patiently: bool
    ) -> Connection:
        if slot.failed is not None and not patiently:
            at, version, failure = slot.failed
            if version == endpoint.version and time.monotonic() - at < _BROKEN:
                raise failure
        slot.failed = None
        slot.is_opening = True
        try:
            if slot.connection is not None:
                closing, slot.connection = slot.connection, None
                await closing.close()
            if self._tending is None or self._tending.done():
                self._tending = asyncio.create_task(self._tend())
            await self._make_room(key[0], slot)
            hearing = self._hearing(key, on_change)
            connection = self._protocols.connect(endpoint, self._door, hearing, self.limits.max_bytes)
            try:
                await connection.open(self.limits.connect_seconds)
            except McpFailed as failure:
                if failure.kind in {"unreachable", "timeout"}:
                    slot.failed = (time.monotonic(), endpoint.version, failure)
                raise
        finally:
            slot.is_opening = False
        if self._slots.get(key) is not slot:
            await connection.close()
            words = "The server was changed or deleted while it was being connected; try again."
            raise McpFailed(words, kind="busy", is_undone=True)
        slot.connection = connection
        return connection

    def _hearing(self, key: Key, on_change: OnChange) -> Callable[[], Awaitable[None]]:
        """Return what is called whenever the server says that it has changed: it may say so all the time."""

        async def heard() -> None:
            now = time.monotonic()
            due = self._due.get(key)
            if due is not None and due > now:
                return  # whoever asks it then sees this change, too
            if len(self._due) > _MANY:
                self._due = {each: at for each, at in self._due.items() if at > now - _BETWEEN}
            wait = _SETTLING if due is None else max(_SETTLING, due + _BETWEEN - now)
            self._due[key] = now + wait
            await on_change(wait)

        return heard

    def _door(self) -> aiohttp.ClientSession:
        return guarded_session(self._policy, max_connections=50, resolver=self._resolver, purpose="mcp")

    async def _make_room(self, tenant: TenantId, own: _Slot) -> None:
        """Close what has been idle longest where a bound is reached. What is being opened counts, too.

        Raises:
            McpFailed: all are in use.
        """
        for bound, mine in ((self.limits.per_tenant, True), (self.limits.total, False)):
            others = [
                (key, slot)
                for key, slot in self._slots.items()
                if slot is not own and (slot.connection or slot.is_opening) and (key[0] == tenant or not mine)
            ]
            if len(others) < bound:
                continue
            idle = [
                (slot.connection.used_at, key)
                for key, slot in others
                if slot.connection is not None and not slot.connection.calls and not slot.waiting
            ]
            if not idle:
                words = "Too many MCP servers are in use at once; try again in a moment."
                raise McpFailed(words, kind="busy", is_undone=True)
            await self.forget(*min(idle, key=lambda each: each[0])[1])

    async def _tend(self) -> None:
        """Close what nobody has used for a while, until none is left."""
        while self._slots:
            await asyncio.sleep(min(_TEND, self.limits.idle_seconds))
            now = time.monotonic()
            for key, slot in list(self._slots.items()):
                connection = slot.connection
                if slot.waiting or (connection is not None and connection.calls):
                    continue
                is_idle = connection is None or not connection.is_alive
                if is_idle or (connection is not None and now - connection.used_at > self.limits.idle_seconds):
                    if connection is None and slot.failed is not None and now - slot.failed[0] < _BROKEN:
                        continue
                    with contextlib.suppress(OSError):
                        await self.forget(*key)
