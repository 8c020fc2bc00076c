"""Statements sent as one: each with its own parameters, all or nothing, and a refusal where one does nothing."""

import pytest

from medea.kernel.db.batch import Batch, Statement
from medea.kernel.db.database import Database
from medea.kernel.ids import TenantId

ADD = Statement(
    added="INSERT INTO idempotency_keys (tenant_id, principal, key, request_hash) VALUES ($1, $2, $3, '') RETURNING key"
)
MARK = Statement(
    found="SELECT key FROM idempotency_keys WHERE principal = $1",
    marked="UPDATE idempotency_keys k SET status = $2 FROM found WHERE k.key = found.key RETURNING k.key",
)
COUNT = "SELECT count(*) FROM idempotency_keys"


async def test_statements_keep_their_own_parameters(database: Database) -> None:
    tenant = TenantId.new()
    async with database.transaction(tenant) as sql:
        await sql.execute(ADD.parts["added"], tenant, "old", "key-1")
        batch = Batch()
        batch.add(MARK, "old", 201)
        batch.add(ADD, tenant, "new", "key-2", otherwise=KeyError)
        await batch.run(sql)
        await batch.run(sql)  # it is empty by now
        rows = await sql.fetch("SELECT key, principal, status FROM idempotency_keys ORDER BY key")
    assert [tuple(row) for row in rows] == [("key-1", "old", 201), ("key-2", "new", None)]


async def test_a_statement_that_does_nothing_refuses_all(database: Database) -> None:
    tenant = TenantId.new()
    batch = Batch()
    batch.add(ADD, tenant, "new", "key-3", otherwise=KeyError)
    batch.add(MARK, "nobody", 200, otherwise=LookupError)
    with pytest.raises(LookupError):
        async with database.transaction(tenant) as sql:
            await batch.run(sql)
    async with database.transaction(tenant) as sql:
        assert await sql.fetchval(COUNT) == 0


async def test_a_name_stands_for_one_part(database: Database) -> None:
    tenant = TenantId.new()
    batch = Batch()
    batch.add(ADD, tenant, "new", "key-4")
    batch.add(ADD, tenant, "new", "key-5")
    async with database.transaction(tenant) as sql:
        with pytest.raises(ValueError, match="added"):
            await batch.run(sql)
