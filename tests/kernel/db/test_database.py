"""Transactions: bound to a tenant, whole or not at all, and never on a broken connection."""

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from medea.kernel.db.database import Database, DatabaseUrls, RoleNotTaken, _connect, raw, require_role
from medea.kernel.ids import TenantId


async def test_a_transaction_is_bound_to_its_tenant_and_role(database: Database) -> None:
    tenant = TenantId.new()
    async with database.transaction(tenant) as sql:
        assert await sql.fetchval("SELECT current_user") == "medea_app"
        assert await sql.fetchval("SELECT current_setting('medea.tenant_id')") == tenant.hex
    async with database.transaction(None) as sql:
        assert not await sql.fetchval("SELECT nullif(current_setting('medea.tenant_id', true), '')")
    async with database.system() as sql:
        assert await sql.fetchval("SELECT current_user") == "medea_system"


async def test_a_connection_without_its_role_is_used_for_nothing(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await require_role(connection, None)
    with pytest.raises(RoleNotTaken, match="takes us for postgres instead of medea_app: does a pooler stand between"):
        await require_role(connection, "medea_app")
    await connection.execute("SET ROLE medea_app")
    await require_role(connection, "medea_app")
    await connection.close()


class Dying(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """Is lost as soon as it has been made."""

    async def fetchval(self, *args: Any, **options: Any) -> Any:
        self.terminate()
        return await super().fetchval(*args, **options)


async def test_a_connection_that_is_lost_before_it_is_used_is_an_outage(database_url: str) -> None:
    with pytest.raises(ConnectionError, match="was lost"):
        await _connect(database_url, connection_class=Dying, server_settings={"role": "medea_app"})


async def test_orm_and_plain_sql_share_one_transaction(database: Database) -> None:
    tenant = TenantId.new()
    async with database.session(tenant) as session:
        sql = await raw(session)
        assert await sql.fetchval("SELECT current_setting('medea.tenant_id')") == tenant.hex
        plain = await sql.fetchval("SELECT pg_current_xact_id()::text")
        assert (await session.execute(text("SELECT pg_current_xact_id()::text"))).scalar_one() == plain


async def test_an_exception_rolls_back(database: Database) -> None:
    tenant = TenantId.new()
    insert = "INSERT INTO idempotency_keys (tenant_id, principal, key, request_hash) VALUES ($1, 'p', 'k', '')"
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(tenant) as sql:
            await sql.execute(insert, tenant)
            raise ZeroDivisionError
    async with database.transaction(tenant) as sql:
        assert await sql.fetchval("SELECT count(*) FROM idempotency_keys") == 0


async def test_a_connection_that_dies_is_not_used_again(database: Database) -> None:
    tenant = TenantId.new()
    for _ in range(3):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            async with database.transaction(tenant) as sql:
                await sql.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
        async with database.transaction(tenant) as sql:
            assert await sql.fetchval("SELECT 1") == 1


async def test_what_is_not_durable_is_still_a_transaction(database: Database) -> None:
    async with database.transaction(TenantId.new(), durable=False) as sql:
        assert await sql.fetchval("SHOW synchronous_commit") == "off"
    async with database.transaction(TenantId.new()) as sql:
        assert await sql.fetchval("SHOW synchronous_commit") == "on"


async def test_who_hangs_in_a_transaction_is_cut_off_before_the_work_must_go_on(database: Database) -> None:
    async with database.system() as sql, database.transaction(TenantId.new()) as bound:
        for each in (sql, bound):
            limit = await each.fetchval(
                "SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)::float8"
            )
            assert 0 < limit < 10


async def test_a_statement_that_is_planned_once_goes_by_indexes_and_is_a_transaction_of_its_own(
    database: Database,
) -> None:
    async def settings() -> list[str]:
        names = ("plan_cache_mode", "enable_seqscan", "enable_bitmapscan")
        return [await sql.fetchval("SELECT current_setting($1)", name) for name in names]

    async with database.system(planned_once=True) as sql:
        assert await settings() == ["force_generic_plan", "off", "off"]
        numbers = {await sql.fetchval("SELECT pg_current_xact_id()::text") for _ in range(2)}
        assert len(numbers) == 2
        assert await sql.fetchval("SHOW synchronous_commit") == "on"
    async with database.system() as sql:
        assert await settings() == ["auto", "on", "on"]


async def test_every_connection_that_a_process_opens_is_told_of(fresh_database_url: str) -> None:
    opened = await Database.connect(DatabaseUrls(fresh_database_url), pool_size=4)
    async with (
        opened.transaction(None),
        opened.system(),
        opened.system(planned_once=True) as sql,
        opened.session(None) as session,
    ):
        await session.execute(text("SELECT 1"))
        assert {use.name: use.busy for use in opened.pools} == {"app": 1, "system": 1, "planned": 1, "orm": 1}
        told = sum(use.busy + use.idle for use in opened.pools)
        there = await sql.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'medea'"
        )
        assert told == there
    assert {use.name: use.limit for use in opened.pools} == {"app": 4, "system": 4, "planned": 2, "orm": 4}
    await opened.close()


async def test_a_healthy_database_answers_while_all_connections_are_kept_for_the_next_transaction(
    database_url: str,
) -> None:
    small = await Database.connect(DatabaseUrls(database_url), pool_size=2)
    async with small.transaction(None), small.transaction(None):
        pass
    assert small.pools[0].idle == small.pools[0].limit == 2
    for _ in range(3):
        await asyncio.wait_for(small.ping(), 30)  # half of what such a connection is kept
    assert small.pools[0].idle == 2
    await small.close()
