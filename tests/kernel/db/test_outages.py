"""A database that goes away is told from a fault of ours, wherever it is noticed."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.db.migrate import migrate
from medea.kernel.db.outages import OUTAGES, is_outage
from medea.kernel.ids import TenantId


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A PostgreSQL of this test's own."""
    (tmp_path / "data").mkdir()
    made = EmbeddedPostgres(tmp_path / "data", tuning={"fsync": "off"})
    yield made
    await made.stop()


async def test_a_server_that_is_not_there(server: EmbeddedPostgres) -> None:
    url = (await server.start()).url()
    await migrate(url)
    database = await Database.connect(DatabaseUrls(url), pool_size=2)
    async with database.transaction(None) as sql, database.session(None) as session:
        await sql.fetchval("SELECT 1")
        await session.execute(text("SELECT 1"))
    await server.stop()
    for _ in range(2):  # on a connection that was kept, and on one that cannot be made
        with pytest.raises(OUTAGES) as told:
            async with database.transaction(TenantId.new()) as sql:
                await sql.fetchval("SELECT 1")
        assert is_outage(told.value)
        with pytest.raises(OUTAGES) as told:
            async with database.session(None) as session:
                await session.execute(text("SELECT 1"))
        assert is_outage(told.value)
    await database.close()


async def test_a_connection_that_is_lost_between_two_statements(database: Database) -> None:
    with pytest.raises(ConnectionError) as told:
        async with database.transaction(None) as sql:
            pid = await sql.fetchval("SELECT pg_backend_pid()")
            killer = await asyncpg.connect(database.urls.admin)
            await killer.execute("SELECT pg_terminate_backend($1, 5000)", pid)
            await killer.close()
            with pytest.raises(asyncpg.PostgresError):
                await sql.fetchval("SELECT 1")
            await sql.fetchval("SELECT 1")
    assert is_outage(told.value)


async def test_a_fault_of_ours_is_none(database: Database) -> None:
    with pytest.raises(asyncpg.DataError) as told:
        async with database.transaction(None) as sql:
            await sql.fetchval("SELECT $1::int", "not a number")
    assert not is_outage(told.value)
