"""What a use case announces and does after its commit, and only then."""

import pytest
from sqlalchemy import text

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import TenantId

INSERT = "INSERT INTO inbox (tenant_id, consumer, key) VALUES ($1, 'context', 'key')"
COUNT = "SELECT count(*) FROM inbox WHERE consumer = 'context'"


class Afterwards:
    """Remembers how often it was called, and what the database said then."""

    def __init__(self, installation: Installation, tenant: TenantId) -> None:
        self._database = installation.ports.database
        self._tenant = tenant
        self.seen: list[int] = []

    async def __call__(self) -> None:
        async with self._database.transaction(self._tenant) as sql:
            self.seen.append(await sql.fetchval(COUNT))


@pytest.fixture
def tenant() -> TenantId:
    return TenantId.new()


@pytest.fixture
def ctx(installation: Installation, tenant: TenantId) -> Context:
    return Context(installation.ports, system_principal(tenant))


@pytest.fixture
def afterwards(installation: Installation, tenant: TenantId) -> Afterwards:
    return Afterwards(installation, tenant)


async def test_what_comes_after_the_commit_sees_it(ctx: Context, tenant: TenantId, afterwards: Afterwards) -> None:
    async with ctx:
        ctx.after_commit(afterwards)
        async with ctx.transaction() as sql:
            await sql.execute(INSERT, tenant)
            assert afterwards.seen == []
        assert afterwards.seen == [1]
    assert afterwards.seen == [1], "once, for the transaction that it belonged to"


async def test_it_comes_after_the_session_of_the_use_case_too(ctx: Context, afterwards: Afterwards) -> None:
    async with ctx:
        assert await ctx.db.scalar(text("SELECT 1")) == 1
        ctx.after_commit(afterwards)
        assert afterwards.seen == []
    assert afterwards.seen == [0]


async def test_after_a_rollback_nothing_comes(ctx: Context, tenant: TenantId, afterwards: Afterwards) -> None:
    async def fail_in_a_transaction() -> None:
        async with ctx.transaction() as sql:
            ctx.after_commit(afterwards)
            await sql.execute(INSERT, tenant)
            raise RuntimeError

    async def fail_in_the_use_case() -> None:
        async with ctx:
            ctx.after_commit(afterwards)
            raise RuntimeError

    for fail in (fail_in_a_transaction, fail_in_the_use_case):
        with pytest.raises(RuntimeError):
            await fail()
    async with ctx:
        assert await ctx.db.scalar(text("SELECT 1")) == 1
    assert afterwards.seen == []


async def test_a_fault_afterwards_does_not_undo_the_success(ctx: Context, afterwards: Afterwards) -> None:
    async def fail() -> None:
        raise RuntimeError

    async with ctx:
        ctx.after_commit(fail)
        ctx.after_commit(afterwards)
    assert afterwards.seen == [0]


async def test_a_branch_neither_sends_off_nor_drops_what_its_origin_announces(
    ctx: Context, tenant: TenantId, afterwards: Afterwards
) -> None:
    async with ctx, ctx.transaction() as sql:
        await sql.execute(INSERT, tenant)
        ctx.after_commit(afterwards)
        async with ctx.branch() as beside, beside.transaction() as other:
            assert beside.principal == ctx.principal
            assert await other.fetchval(COUNT) == 0
        assert afterwards.seen == [], "it is not committed"
        with pytest.raises(RuntimeError):
            async with ctx.branch() as beside, beside.transaction():
                raise RuntimeError
    assert afterwards.seen == [1]
