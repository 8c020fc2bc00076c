"""Every table, as the application role bound to company B: rows of company A are not there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import text

from medea.apps.bootstrap import Installation
from medea.kernel.db.database import APP_ROLE, BIND_TENANT
from medea.kernel.ids import TenantId
from tests.isolation.catalog import PLATFORM_TABLES, list_columns, list_tables
from tests.isolation.world import Company

Companies = tuple[Company, Company]


@asynccontextmanager
async def bound(connection: asyncpg.Connection, tenant_id: TenantId | None) -> AsyncIterator[None]:
    """Be the application role, bound to a tenant, and undo what was done."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL ROLE {APP_ROLE}")
        if tenant_id is not None:
            await connection.fetchval(BIND_TENANT, tenant_id.hex)
        yield
    finally:
        await transaction.rollback()


async def changed_rows(connection: asyncpg.Connection, statement: str, *args: object) -> int:
    """Return how many rows a statement changed; none where the role may not run it at all."""
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        tag = await connection.execute(statement, *args)
    except asyncpg.InsufficientPrivilegeError:
        await savepoint.rollback()
        return 0
    await savepoint.rollback()
    return int(tag.rsplit(" ", 1)[1])


async def refused(connection: asyncpg.Connection, statement: str, *args: object) -> bool:
    """Tell whether the policy (or a missing privilege) refuses a statement that would change something."""
    savepoint = connection.transaction()
    await savepoint.start()
    try:
        await connection.execute(statement, *args)
    except asyncpg.InsufficientPrivilegeError:
        return True
    finally:
        await savepoint.rollback()
    return False


async def test_rows_of_another_company_are_not_there(admin: asyncpg.Connection, companies: Companies) -> None:
    theirs, own = companies
    for table in await owned_tables(admin):
        count = f"SELECT count(*) FROM {table} WHERE tenant_id = $1"
        assert await admin.fetchval(count, theirs.tenant_id) > 0, f"{table}: make a row in tests/isolation/world.py"
        async with bound(admin, own.tenant_id):
            assert await admin.fetchval(count, own.tenant_id) > 0, table
            assert await admin.fetchval(count, theirs.tenant_id) == 0, table
            assert await admin.fetchval(f"SELECT count(*) FROM {table} WHERE tenant_id <> $1", own.tenant_id) == 0
            for column in await list_columns(admin, table):
                statement = f"UPDATE {table} SET {column} = {column} WHERE tenant_id = $1"
                assert await changed_rows(admin, statement, theirs.tenant_id) == 0, (table, column)
            assert await changed_rows(admin, f"DELETE FROM {table} WHERE tenant_id = $1", theirs.tenant_id) == 0, table


async def test_nothing_is_written_into_another_company(admin: asyncpg.Connection, companies: Companies) -> None:
    theirs, own = companies
    for table in await owned_tables(admin):
        columns = ", ".join(await list_columns(admin, table))
        row = f"(SELECT (jsonb_populate_record(NULL::{table}, $1::jsonb)).*)"
        found = await admin.fetchval(
            f"SELECT to_jsonb(t)::text FROM {table} t WHERE tenant_id = $1 LIMIT 1", theirs.tenant_id
        )
        async with bound(admin, own.tenant_id):
            insert = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {row} AS r"
            assert await refused(admin, insert, found), f"{table}: a copy of A's row"
            move = f"UPDATE {table} SET tenant_id = $1"
            assert await refused(admin, move, theirs.tenant_id), f"{table}: giving a row away"


async def test_without_a_company_there_are_no_rows(admin: asyncpg.Connection, companies: Companies) -> None:
    for table in await owned_tables(admin):
        found = await admin.fetchval(
            f"SELECT to_jsonb(t)::text FROM {table} t WHERE tenant_id = $1 LIMIT 1", companies[0].tenant_id
        )
        columns = ", ".join(await list_columns(admin, table))
        async with bound(admin, None):
            assert await admin.fetchval(f"SELECT count(*) FROM {table}") == 0, table
            row = f"(SELECT (jsonb_populate_record(NULL::{table}, $1::jsonb)).*)"
            assert await refused(admin, f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {row} AS r", found)


async def test_platform_tables_are_closed_to_the_application(admin: asyncpg.Connection) -> None:
    for table in PLATFORM_TABLES:
        async with bound(admin, TenantId.new()):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await admin.fetchval(f"SELECT count(*) FROM {table}")


async def test_the_tenant_of_one_transaction_is_not_left_for_the_next(
    installation: Installation, companies: Companies
) -> None:
    """On one and the same pooled connection, after a commit as after an error."""
    database, count = installation.ports.database, "SELECT count(*) FROM agents"
    for _ in range(20):
        async with database.transaction(companies[0].tenant_id) as sql:
            assert await sql.fetchval(count) == 1
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with database.transaction(companies[0].tenant_id) as sql:
                await sql.execute("SELECT 1 / 0")
        async with database.transaction(None) as sql:
            assert await sql.fetchval(count) == 0
        async with database.session(None) as session:
            assert (await session.scalar(text(count))) == 0


async def owned_tables(connection: asyncpg.Connection) -> list[str]:
    """Return the names of all tables that belong to tenants."""
    return [table.name for table in await list_tables(connection) if not table.is_platform]
