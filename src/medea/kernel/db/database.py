"""Pools and transactions.

Two roles, two doors: `medea_app` (requests and workers; row-level security binds it to one tenant) and
`medea_system` (the few cross-tenant jobs). Each has an asyncpg pool for the hot path; the app role also
has an SQLAlchemy engine for ordinary use cases.
"""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from medea.kernel.db.lending import Lender, PoolUse
from medea.kernel.db.outages import is_gone
from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId

# it tells of every attempt to come back with a traceback; those who wait for the database say so in their own words
logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)

APP_ROLE = "medea_app"
SYSTEM_ROLE = "medea_system"
OWNER_ROLE = "medea_owner"

BIND_TENANT = "SELECT set_config('medea.tenant_id', $1, true)"
# A process that hangs (a stopped machine, a loop that is blocked) must not keep its rows locked: the work of
# one that has gone is taken over within ten seconds.
_SESSION = {"application_name": "medea", "jit": "off", "idle_in_transaction_session_timeout": "8s"}
_PLANNED_SIZE = 2  # one loop of a worker claims, one connection at a time; one to spare
# a plan that is kept must not be one for tables that were small when it was made
_PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "enable_bitmapscan": "off"}
_BIND_TENANT_ORM = text("SELECT set_config('medea.tenant_id', :tenant_id, true)")


class RoleNotTaken(Exception):
    """A connection is not of the role that it was to have; the message is one sentence for the operator."""


class DatabaseUrls:
    """Where each role logs in.

    Args:
        url: `postgresql://user[:password]@host[:port]/name[?host=/socket/folder]` of a login that may
            `SET ROLE` to the three roles.
        app: own login of `medea_app`, if it has one (then no role is set at connect).
        system: own login of `medea_system`, likewise.
    """

    def __init__(self, url: str, app: str | None = None, system: str | None = None) -> None:
        self.admin = url
        self.app = app or url
        self.system = system or url
        self.app_role = None if app else APP_ROLE
        self.system_role = None if system else SYSTEM_ROLE


class Database:
    """The open pools of one process. Make it with `Database.connect`."""

    def __init__(
        self, app: asyncpg.Pool, system: asyncpg.Pool, planned: asyncpg.Pool, engine: AsyncEngine, urls: DatabaseUrls
    ) -> None:
        self._app_loans = Lender("app", app)
        self._system_loans = Lender("system", system)
        self._planned_loans = Lender("planned", planned)
        self._engine = engine
        self.urls = urls

    @classmethod
    async def connect(cls, urls: DatabaseUrls, *, pool_size: int = 16) -> "Database":
        """Open the pools (lazily filled: one connection each at first).

        Raises:
            OSError, asyncpg.PostgresError: the server cannot be reached or refuses the login.
            RoleNotTaken: connections would see more than they may.
        """
        app = await _pool(urls.app, urls.app_role, pool_size)
        system = await _pool(urls.system, urls.system_role, max(4, pool_size // 4))
        planned = await _pool(urls.system, urls.system_role, _PLANNED_SIZE, settings=_PLANNED_ONCE, least=0)
        engine = _engine(urls.app, urls.app_role, pool_size)
        return cls(app, system, planned, engine, urls)

    @asynccontextmanager
    async def transaction(
        self, tenant_id: TenantId | None, *, durable: bool = True, settings: str = ""
    ) -> AsyncIterator[Sql]:
        """Open a transaction as `medea_app`, bound to a tenant (None: no tenant's rows are visible).

        Args:
            tenant_id: whose rows are seen and written.
            durable: False lets the commit return before the log is on disk; only for what can be redone.
            settings: of this transaction, made in the trip that begins it: `; SET LOCAL ...`, as often as wanted.
        """
        async with self._app_loans.lend() as connection, _begin(connection, durable, tenant_id, settings=settings):
            yield connection

    @asynccontextmanager
    async def system(self, *, durable: bool = True, planned_once: bool = False) -> AsyncIterator[Sql]:
        """Open a transaction as `medea_system`, which sees all tenants. Named places only (see the tests).

        Args:
            durable: as in `transaction`.
            planned_once: for one statement, which is a transaction of its own: one trip instead of three. Its plan is
                kept, by indexes alone, whatever the tables hold just then: for large statements that run all the
                time, and whose planning takes longer than their work.
        """
        if planned_once:
            async with self._planned_loans.lend() as connection:
                with _lost_is_told():
                    yield connection
        else:
            async with self._system_loans.lend() as connection, _begin(connection, durable):
                yield connection

    def session(self, tenant_id: TenantId | None) -> AsyncSession:
        """Make an ORM session as `medea_app`; its transaction, begun at first use, is bound to the tenant."""
        info = {} if tenant_id is None else {"tenant_id": tenant_id}
        return AsyncSession(self._engine, expire_on_commit=False, info=info)

    async def close(self) -> None:
        """Close all pools, waiting for what runs."""
        await self._engine.dispose()
        await self._app_loans.close()
        await self._system_loans.close()
        await self._planned_loans.close()

    async def ping(self) -> None:
        """Ask the server for an answer.

        Raises:
            OSError, asyncpg.PostgresError: it gives none.
        """
        async with self._app_loans.lend() as connection:
            with _lost_is_told():
                await connection.fetchval("SELECT 1")

    @property
    def pools(self) -> list[PoolUse]:
        """How the pools are used at this moment.

        `app` and `system` are those of the hot path, `planned` that of claims (see `system`), `orm` is for the rest.
        """
        orm: Any = self._engine.pool
        busy = orm.checkedout()
        most = orm.size() + orm._max_overflow  # noqa: SLF001 - the pool tells it nowhere else
        lent = (self._app_loans, self._system_loans, self._planned_loans)
        return [*(each.use for each in lent), PoolUse("orm", busy, orm.checkedin(), most)]


@asynccontextmanager
async def _begin(
    connection: Any, durable: bool, tenant_id: TenantId | None = None, *, settings: str = ""
) -> AsyncIterator[None]:
    begin = ("BEGIN" if durable else "BEGIN; SET LOCAL synchronous_commit = off") + settings
    if tenant_id is not None:  # in one round trip; 32 hex digits need no quoting
        begin += f"; SELECT set_config('medea.tenant_id', '{tenant_id.hex}', true)"
    with _lost_is_told():
        await connection.execute(begin)
        try:
            yield
        except BaseException:
            await _roll_back(connection)
            raise
        await connection.execute("COMMIT")


@contextmanager
def _lost_is_told() -> Iterator[None]:
    """Turn what asyncpg says of a connection that has gone into the `ConnectionError` that all handle."""
    try:
        yield
    except asyncpg.InterfaceError as error:
        if not is_gone(error):
            raise
        raise ConnectionError("the connection to the database was lost") from error


async def _roll_back(connection: Any) -> None:
    """End the transaction, or the connection: one in a bad state must not go back to the pool."""
    try:
        await connection.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 - whatever the reason, the connection is of no more use
        _cut(connection)
    except BaseException:
        _cut(connection)
        raise


def _cut(connection: Any) -> None:
    with suppress(asyncpg.InterfaceError):  # it was lost, and the pool has taken it back by itself
        connection.terminate()


@event.listens_for(Session, "after_begin")
def _bind_tenant(session: Session, _transaction: object, connection: Connection) -> None:
    tenant_id = session.info.get("tenant_id")
    if tenant_id is not None:
        connection.execute(_BIND_TENANT_ORM, {"tenant_id": tenant_id.hex})


async def raw(session: AsyncSession) -> Sql:
    """Return the asyncpg connection beneath an ORM session, inside the same transaction."""
    connection = await session.connection()
    await session.flush()
    adapted = await connection.get_raw_connection()
    driver: Sql = adapted.driver_connection  # type: ignore[assignment]
    return driver


def _json_decode(value: bytes | str) -> object:
    return msgspec.json.decode(value)


def _json_encode(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def _setup(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=_json_encode, decoder=_json_decode)


async def _no_reset(_connection: asyncpg.Connection) -> None:
    """Skip asyncpg's DISCARD-like reset: every setting we make is local to its transaction."""


async def _connect(*address: Any, **options: Any) -> asyncpg.Connection:
    """Connect. A server that cannot be reached is a ConnectionError, whatever stands in between.

    The driver tells of a missing socket file, an unknown name or a time that is up by other errors, each of which
    elsewhere would be a fault of ours.
    """
    try:
        connection = await asyncpg.connect(*address, **options)
    except OSError as error:
        raise ConnectionError(f"the database cannot be reached: {error}") from error
    try:
        with _lost_is_told():
            await require_role(connection, options["server_settings"].get("role"))
    except BaseException:
        connection.terminate()
        raise
    return connection


async def require_role(connection: asyncpg.Connection, role: str | None) -> None:
    """See that a connection took the role that it asked for, without which no policy would bind it.

    Raises:
        RoleNotTaken: somebody between has left the role out: poolers can be told to ignore what they do not know.
    """
    if role is not None and (found := await connection.fetchval("SELECT current_user")) != role:
        raise RoleNotTaken(
            f"The database takes us for {found} instead of {role}: does a pooler stand between that ignores `role`? "
            "Connect to the server itself, or name logins of their own with MEDEA_DATABASE__APP_URL and "
            "MEDEA_DATABASE__SYSTEM_URL."
        )


async def _pool(
    dsn: str, role: str | None, size: int, *, settings: Mapping[str, str] | None = None, least: int = 1
) -> asyncpg.Pool:
    server_settings = _SESSION | ({"role": role} if role else {}) | dict(settings or {})
    return await asyncpg.create_pool(
        dsn,
        connect=_connect,
        min_size=least,
        max_size=size,
        init=_setup,
        reset=_no_reset,
        max_inactive_connection_lifetime=300,
        server_settings=server_settings,
    )


def sqlalchemy_url(dsn: str) -> URL:
    """Turn a libpq URL into one for SQLAlchemy's asyncpg dialect."""
    return make_url(dsn).set(drivername="postgresql+asyncpg")


def _engine(dsn: str, role: str | None, size: int) -> AsyncEngine:
    server_settings = _SESSION | ({"role": role} if role else {})
    return create_async_engine(
        sqlalchemy_url(dsn),
        pool_size=max(2, size // 2),
        max_overflow=size // 2,
        pool_pre_ping=False,
        async_creator=partial(_connect, dsn, server_settings=server_settings),
        json_serializer=_json_encode,
        json_deserializer=_json_decode,
    )
