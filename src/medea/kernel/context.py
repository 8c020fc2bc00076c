"""The first argument of every use case: who asks, for which tenant, with which ports, in which transaction."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from medea.kernel.auth.crypto import KeyRing
from medea.kernel.auth.principal import Principal, PrincipalKind, system_principal
from medea.kernel.auth.scopes import ScopeRegistry
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.periodic import PLATFORM_TENANT
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Job, Task
from medea.kernel.cache.base import Cache, Caches, CacheSpec
from medea.kernel.clock import Clock
from medea.kernel.db.batch import Batch
from medea.kernel.db.database import Database, raw
from medea.kernel.db.sql import Sql
from medea.kernel.embeddings.embedders import Embedders
from medea.kernel.errors import Forbidden, Unauthenticated
from medea.kernel.ids import Id, TenantId, UserId
from medea.kernel.limits.allowance import Allowances
from medea.kernel.limits.bucket import Limiter
from medea.kernel.mail.mailer import Mailer
from medea.kernel.mcp.connections import McpConnections
from medea.kernel.outbound.client import OutboundClient
from medea.kernel.outbound.egress import EgressLog, SilentLog
from medea.kernel.settings import Settings
from medea.kernel.signals.base import Signals
from medea.kernel.storage.base import Storage
from medea.kernel.streams.base import LiveStreams
from medea.kernel.telemetry import tracing
from medea.kernel.vectors.port import VectorStore

V = TypeVar("V")
AnyId = TypeVar("AnyId", bound=Id)
_POSTGRESQL = {"db.system.name": "postgresql"}

Guard = Callable[[Sql], Awaitable[None]]
"""Called in each transaction of a use case, last of all before its commit; what it raises rolls it back."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a use case may need that must be fakeable. Built once, in bootstrap.

    Attributes:
        vectors: where the nearest vectors are looked for; None: in PostgreSQL.
    """

    settings: Settings
    database: Database
    clock: Clock
    keyring: KeyRing
    limiter: Limiter
    mailer: Mailer
    models: Any
    streams: LiveStreams
    signals: Signals
    outbound: OutboundClient
    mcp: McpConnections
    scopes: ScopeRegistry
    registry: Registry
    new_outbox: Callable[[TenantId | None], Outbox]
    caches: Caches
    storage: Storage
    embedders: Embedders
    allowances: Allowances
    vectors: VectorStore | None = None
    egress: EgressLog = field(default_factory=SilentLog)
    _made: dict[str, Any] = field(default_factory=dict)

    def cache(self, spec: CacheSpec[V]) -> Cache[V]:
        """Return the installation's cache of a spec, made at first use."""
        made = self._made.get(spec.name)
        if made is None:
            made = self._made[spec.name] = self.caches.make(spec)
        cached: Cache[V] = made
        return cached


class Context:
    """One use case in progress.

    Used as an async context manager at the edge (endpoint, task): leaving it commits what `db` was used
    for, together with what was emitted; an exception rolls all of it back.

    Args:
        ports: the installation's ports.
        principal: who asks.
        tenant_id: in which tenant; by default the principal's.
        correlation_id: ties log lines and jobs to the request.
        job: the job that runs this, if one does.
        request_key: names this very request, where its sender named it: the same again when it is sent again.
        guard: lets no request take effect twice, unless it says that it is `repeatable`.
    """

    __slots__ = (
        "_after_commit",
        "_guard",
        "_outbox",
        "_session",
        "correlation_id",
        "job",
        "log",
        "ports",
        "principal",
        "request_key",
        "tenant_id",
    )

    def __init__(
        self,
        ports: Ports,
        principal: Principal,
        *,
        tenant_id: TenantId | None = None,
        correlation_id: str = "",
        job: Job | None = None,
        request_key: bytes | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.ports = ports
        self.principal = principal
        self.tenant_id = tenant_id or principal.tenant_id
        self.correlation_id = correlation_id
        self.job = job
        self.request_key = request_key
        self._guard = guard
        self.log = structlog.get_logger()
        self._session: AsyncSession | None = None
        self._outbox: Outbox | None = None
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    @property
    def tenant(self) -> TenantId:
        """The tenant.

        Raises:
            Unauthenticated: there is none, because nobody is logged in.
        """
        if self.tenant_id is None:
            raise Unauthenticated()
        return self.tenant_id

    @property
    def user_id(self) -> UserId:
        """The person who asks.

        Raises:
            Unauthenticated: nobody is logged in.
            Forbidden: a key asks, not a person.
        """
        if self.principal.user_id is None:
            if self.principal.tenant_id is None:
                raise Unauthenticated()
            raise Forbidden("Only a logged-in person can do this, not a key.")
        return self.principal.user_id

    @property
    def db(self) -> AsyncSession:
        """The ORM session of this use case, in one transaction bound to the tenant."""
        if self._session is None:
            self._session = self.ports.database.session(self.tenant_id)
        return self._session

    @property
    def outbox(self) -> Outbox:
        """What is to be announced when the transaction commits."""
        if self._outbox is None:
            self._outbox = self.ports.new_outbox(self.tenant_id)
        return self._outbox

    def new_id(self, kind: type[AnyId]) -> AnyId:
        """Make an id; in a request that is sent again under its `Idempotency-Key`, the one of the first time.

        Whoever answered the first time may have died between the commit and the answer: what this id names is
        then there already, and the use case has to look for it: from here on nothing keeps it from being done again. At
        most one of a kind in a use case.
        """
        self.repeatable()
        if self.request_key is None:
            return kind.new()
        return kind(int.from_bytes(hashlib.sha256(self.request_key + kind.prefix.encode()).digest()[:16]))

    def repeatable(self) -> None:
        """Say that doing this again does nothing more, so that a request whose answer was lost may run once more.

        Before the first transaction. Of what does not say so the second request is told that its answer is lost.
        """
        self._guard = None

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return self.ports.clock.now()

    def emit(self, event: object) -> None:
        """Announce an event: its subscribers run after, and only if, this transaction commits."""
        self.outbox.emit(event, self)

    def enqueue(self, task: Task | str, **args: Any) -> None:
        """Let a task run after, and only if, this transaction commits.

        Args:
            task: the task, or its name: services stand below `tasks.py` and name theirs (`agents.do_it`).
            args: its arguments; `key`, `priority` and `run_at` as in `Outbox.enqueue`.

        Raises:
            KeyError: no task has this name.
        """
        self.outbox.enqueue(self.ports.registry.task(task) if isinstance(task, str) else task, **args)

    def branch(self) -> "Context":
        """Make a context for work done side by side with this one's: the same asker, transactions of its own.

        What either announces belongs to its own transactions; the job stays with this one. The caller enters it.
        """
        return Context(self.ports, self.principal, tenant_id=self.tenant_id, correlation_id=self.correlation_id)

    def in_tenant(self, tenant_id: TenantId) -> "Context":
        """Make the context of one tenant's part in work that belongs to none (`@periodic`). The caller enters it.

        Raises:
            Forbidden: somebody asks, or a job that is a tenant's.
        """
        if self.principal.kind is not PrincipalKind.SYSTEM or self.tenant_id not in {None, PLATFORM_TENANT}:
            raise Forbidden("Only the installation's own work goes from tenant to tenant.")
        return Context(self.ports, system_principal(tenant_id), correlation_id=self.correlation_id)

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call something right after, and only if, this transaction commits: forget a cached value, say.

        What it raises is logged and goes no further: the use case has succeeded by then. So it must be
        something that only hastens what would come about anyway.
        """
        self._after_commit.append(callback)

    @asynccontextmanager
    async def transaction(self, *, durable: bool = True, settings: str = "") -> AsyncIterator[Sql]:
        """Open a short transaction of its own on the hot path; what was emitted in it goes with it.

        Args:
            durable: False for what can be redone if the machine loses power.
            settings: as in `Database.transaction`.
        """
        try:
            with tracing.span("transaction", _POSTGRESQL, kind="client"):
                database = self.ports.database
                async with database.transaction(self.tenant_id, durable=durable, settings=settings) as sql:
                    yield sql
                    if self._outbox is not None:
                        await self._outbox.flush(sql)
                    if self._guard is not None:
                        await self._guard(sql)
        except BaseException:
            self._forget()
            raise
        await self._announce()

    def announce_in(self, batch: Batch) -> None:
        """Let a batch of a `transaction` write what was emitted until now: a trip less than at its end."""
        if self._outbox is not None:
            self._outbox.flush_in(batch)

    async def commit(self) -> None:
        """Commit the ORM session and what was emitted. Called at the edge."""
        if self._outbox is not None and self._outbox.is_pending:
            await self._outbox.flush(await raw(self.db))
        if self._session is not None:
            if self._guard is not None:
                await self._guard(await raw(self._session))
            with tracing.span("commit", _POSTGRESQL, kind="client"):
                await self._session.commit()
        await self._announce()

    async def _announce(self) -> None:
        if self._outbox is not None:
            outbox, self._outbox = self._outbox, None
            outbox.after_commit()
        callbacks, self._after_commit = self._after_commit, []
        for callback in callbacks:
            try:
                await callback()
            except Exception:  # the use case has succeeded; see after_commit
                self.log.exception("context.after_commit_failed")

    def _forget(self) -> None:
        self._after_commit = []
        if self._outbox is not None:
            outbox, self._outbox = self._outbox, None
            outbox.after_rollback()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await self.commit()
        finally:
            self._forget()
            if self._session is not None:
                await self._session.close()
                self._session = None
