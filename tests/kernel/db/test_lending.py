"""Connections are lent again without going back to their pool, as long as that harms nobody."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from medea.kernel.db.lending import Lender
from tests.contracts.eventually import eventually


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    made = await asyncpg.create_pool(database_url, min_size=0, max_size=2)
    yield made
    made.terminate()


async def pid_of(lender: Lender) -> int:
    async with lender.lend() as connection:
        found: int = await connection.fetchval("SELECT pg_backend_pid()")
        return found


async def test_one_after_another_get_the_same_connection(pool: asyncpg.Pool) -> None:
    lender = Lender("app", pool)
    assert len({await pid_of(lender) for _ in range(5)}) == 1
    use = lender.use
    assert (use.busy, use.idle, use.limit, use.waiting, use.lent) == (0, 1, 2, 0, 5)
    async with lender.lend(), lender.lend():
        assert (lender.use.busy, lender.use.idle) == (2, 0)
    await lender.close()
    assert pool.get_size() == 0


async def test_who_waits_gets_the_next_that_is_given_back(pool: asyncpg.Pool) -> None:
    lender = Lender("app", pool)
    async with lender.lend():
        async with lender.lend():
            waiting = [asyncio.create_task(pid_of(lender)) for _ in range(5)]
            await eventually(lambda: lender.use.waiting == 5)
        assert len({await asyncio.wait_for(task, 60) for task in waiting}) == 1
    await lender.close()


async def test_many_at_once_share_what_there_is(pool: asyncpg.Pool) -> None:
    lender = Lender("app", pool)
    found = await asyncio.wait_for(asyncio.gather(*(pid_of(lender) for _ in range(200))), 60)
    assert len(set(found)) == 2
    assert (lender.use.busy, lender.use.waiting) == (0, 0)
    await lender.close()


async def test_after_an_exception_the_pool_looks_at_it(pool: asyncpg.Pool) -> None:
    lender = Lender("app", pool)
    with pytest.raises(ZeroDivisionError):
        async with lender.lend() as connection:
            await connection.execute("SET application_name = 'left behind'")
            raise ZeroDivisionError
    async with lender.lend() as connection:  # the pool resets what it takes back
        assert await connection.fetchval("SHOW application_name") == ""
    await lender.close()


async def test_one_that_died_meanwhile_is_not_lent(pool: asyncpg.Pool, database_url: str) -> None:
    lender = Lender("app", pool)
    async with lender.lend() as connection:
        first = await connection.fetchval("SELECT pg_backend_pid()")
    other = await asyncpg.connect(database_url)
    await other.execute("SELECT pg_terminate_backend($1)", first)
    await other.close()
    await eventually(lambda: pool.get_size() == 0)
    assert (lender.use.busy, lender.use.idle) == (0, 0)
    assert await pid_of(lender) != first
    await lender.close()


async def test_what_nobody_wants_goes_back_to_the_pool(pool: asyncpg.Pool) -> None:
    lender = Lender("app", pool, keep_seconds=0.01)
    await pid_of(lender)
    await eventually(lambda: pool.get_idle_size() == 1)
    assert await pid_of(lender) > 0
    await lender.close()
