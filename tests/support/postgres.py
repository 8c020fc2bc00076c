"""One embedded PostgreSQL for all test processes of this checkout, and a fresh database for who asks.

The first process that needs the server starts it in `.medea-test/`, the last one to leave stops it;
between them a file lock counts. Migrations run once per state of the schema, into a template database
that every worker clones.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import inspect
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeVar

import asyncpg
import pytest

from medea.kernel.db import schema
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.db.embedded import EmbeddedPostgres, PostgresAddress
from medea.kernel.db.migrate import migrate, schema_hash

FOLDER = Path(__file__).resolve().parents[2] / ".medea-test"

# Nothing here outlives a test run, so nothing waits for the disk.
TUNING = {"fsync": "off", "full_page_writes": "off", "max_connections": "300", "cluster_name": "medea-test"}

Result = TypeVar("Result")
_numbers = itertools.count()


def run_aside(work: Callable[[], Awaitable[Result]]) -> Result:
    """Run a coroutine to its end in a thread of its own, whatever loop this thread has."""

    async def to_end() -> Result:
        return await work()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(to_end())).result()


def template_name() -> str:
    """Return a name that is another one whenever a database is made in another way."""
    how = hashlib.sha256(inspect.getsource(schema).encode()).hexdigest()[:8]
    return f"template_{schema_hash()[:16]}_{how}"


class SharedServer:
    """This process's share in the server."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.address: PostgresAddress
        self.template: str
        self._server = EmbeddedPostgres(folder, tuning=TUNING)
        self._users: IO[str]

    def join(self) -> None:
        """Start the server if nobody has, and build the template of this schema if it is missing."""
        self.folder.mkdir(exist_ok=True)
        with self._guarded():
            self._users = (self.folder / "users.lock").open("a")
            is_first = self._lock_users(fcntl.LOCK_EX)
            self.address = self._server.start_blocking()
            self._server.leave_blocking()
            if is_first:
                run_aside(self._drop_leftovers)
            self._lock_users(fcntl.LOCK_SH)
            self.template = run_aside(self._ensure_template)

    def leave(self) -> None:
        """Stop the server if nobody else uses it."""
        with self._guarded():
            if self._lock_users(fcntl.LOCK_EX):
                self._server.start_blocking()
                self._server.stop_blocking()
            self._users.close()

    def clone(self) -> str:
        """Make a database like the template and return its URL."""
        name = f"t_{os.getpid()}_{next(_numbers)}"
        run_aside(lambda: self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"'))
        return self.address.url(name)

    def drop(self, url: str) -> None:
        """Drop a clone, cutting whoever is still connected."""
        name = url.split("@/")[1].split("?", maxsplit=1)[0]
        run_aside(lambda: self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        with (self.folder / "guard.lock").open("a") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield

    def _lock_users(self, kind: int) -> bool:
        try:
            fcntl.flock(self._users, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.address.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def _drop_leftovers(self) -> None:
        connection = await asyncpg.connect(self.address.url())
        try:
            for name in await connection.fetch(r"SELECT datname FROM pg_database WHERE datname LIKE 't\_%'"):
                await connection.execute(f'DROP DATABASE "{name["datname"]}" WITH (FORCE)')
        finally:
            await connection.close()

    async def _ensure_template(self) -> str:
        name = template_name()
        connection = await asyncpg.connect(self.address.url())
        try:
            if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", name):
                return name
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            await connection.execute(f'CREATE DATABASE "{name}"')
            await migrate(self.address.url(name))
            # marked only when complete: a run that dies in the middle leaves a plain database
            await connection.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE true')
            return name
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[SharedServer]:
    """The test server, with a template database that has the schema."""
    server = SharedServer()
    server.join()
    yield server
    server.leave()


@pytest.fixture(scope="session")
def database_url(postgres: SharedServer) -> Iterator[str]:
    """This worker's database, shared by its tests: each makes its own tenants and sees only those."""
    url = postgres.clone()
    yield url
    postgres.drop(url)


@pytest.fixture
def fresh_database_url(postgres: SharedServer) -> Iterator[str]:
    """A database for this test alone, for what counts rows of all tenants or breaks things."""
    url = postgres.clone()
    yield url
    postgres.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open pools on the worker's database, under the roles that requests and workers have."""
    pools = await Database.connect(DatabaseUrls(database_url), pool_size=8)
    yield pools
    await pools.close()
