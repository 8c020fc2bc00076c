"""Effects that happen once."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from medea.kernel.bus.inbox import is_first_time, purge_inbox
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.ids import TenantId


async def handle(database: Database, tenant: TenantId, key: str, *, fail: bool = False) -> bool:
    async with database.transaction(tenant) as sql:
        is_first = await is_first_time(sql, tenant, "tests.webhook", key)
        await asyncio.sleep(0.01)
        if fail:
            raise ConnectionError
        return is_first


async def test_of_many_deliveries_one_is_the_first(database: Database) -> None:
    tenant = TenantId.new()
    assert sorted(await asyncio.gather(*(handle(database, tenant, "a") for _ in range(4)))) == [False] * 3 + [True]
    assert await handle(database, tenant, "b")
    assert await handle(database, TenantId.new(), "a")


async def test_what_was_rolled_back_has_not_happened(database: Database) -> None:
    tenant = TenantId.new()
    with pytest.raises(ConnectionError):
        await handle(database, tenant, "a\0", fail=True)
    assert await handle(database, tenant, "a\0")
    assert not await handle(database, tenant, "a\0")


async def test_old_messages_are_forgotten_by_the_system_only(fresh_database_url: str) -> None:
    database = await Database.connect(DatabaseUrls(fresh_database_url), pool_size=4)
    tenant = TenantId.new()
    assert await handle(database, tenant, "a")
    later = datetime.now(UTC) + timedelta(minutes=1)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(tenant) as sql:
            await purge_inbox(sql, later)
    async with database.system() as sql:
        assert await purge_inbox(sql, later - timedelta(hours=1)) == 0
        assert await purge_inbox(sql, later) == 1
    assert await handle(database, tenant, "a")
    await database.close()
