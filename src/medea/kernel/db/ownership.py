"""Work that only the owner of the tables may do while the system runs: indexes made and dropped.

A connection of its own for each statement: `CREATE INDEX CONCURRENTLY` can stand in no transaction, takes its
time, and waits for old transactions, which no pool's connection should.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from medea.kernel.db.database import OWNER_ROLE, Database
from medea.kernel.db.sql import Sql

OwnerFailed = asyncpg.PostgresError
"""Raised where this installation's login may not act as the owner, or a statement fails."""


@asynccontextmanager
async def owning(database: Database) -> AsyncIterator[Sql]:
    """Open a connection as the owner of the tables, in no transaction. Named places only (see the tests).

    Rows are not seen: row-level security is forced on the owner, too.

    Raises:
        OwnerFailed: this installation's login may not act as the owner.
    """
    connection = await asyncpg.connect(database.urls.admin, server_settings={"application_name": "medea-owner"})
    try:
        await connection.execute(f"SET ROLE {OWNER_ROLE}")
        yield connection
    finally:
        await connection.close()
