"""A worker that hangs in mid-answer: another goes on with it, and when it comes to itself it does no harm."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from medea.kernel.bus.work.leases import EXTENDING, LEASE_SECONDS
from medea.kernel.redis.server import RedisServer
from tests.e2e.test_processes import TEXT, Deployment, ask, deployed, rejoin
from tests.support.server import WorkerProcess

pytestmark = [pytest.mark.slow, pytest.mark.services]

PROMISED = 10.0  # seconds within which a worker that hangs is noticed


@pytest.fixture
async def deployment(tmp_path: Path, fresh_database_url: str, redis_server: RedisServer) -> AsyncIterator[Deployment]:
    settings = {"MEDEA_REDIS__URL": redis_server.url, "MEDEA_REDIS__PREFIX": redis_server.prefix}
    async with deployed(tmp_path, fresh_database_url, **settings) as made:
        yield made


@pytest.fixture
async def database(fresh_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(fresh_database_url)
    await connection.execute("SET ROLE medea_system")
    yield connection
    await connection.close()


async def turn_job(database: asyncpg.Connection) -> Any:
    return await database.fetchrow(
        "SELECT id, attempts, lease_owner, extract(epoch FROM lease_until - clock_timestamp())::float8 AS left_over"
        " FROM jobs WHERE queue = 'turns'"
    )


async def test_a_worker_that_hangs_is_replaced_and_comes_to_itself_without_harm(
    deployment: Deployment, database: asyncpg.Connection, tmp_path: Path
) -> None:
    heard = await ask(deployment.here, deployment.messages, until=10)
    deployment.worker.freeze()
    try:
        job = await turn_job(database)
        assert job["attempts"] == 1
        # no lease outlives the promise, and this one is extended no more
        assert job["left_over"] + LEASE_SECONDS * EXTENDING < PROMISED
        other = WorkerProcess(tmp_path / "other", **deployment.environment)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(other.stop)
            await other.start()
            rest = asyncio.create_task(rejoin(deployment.there, heard))
            async with asyncio.timeout(60):
                while (again := await turn_job(database)) is not None and again["lease_owner"] == job["lease_owner"]:  # noqa: ASYNC110 - rows have no event
                    await asyncio.sleep(0.05)
            deployment.worker.thaw()  # in the middle of the second attempt: the first must not write
            assert (await rest).text == TEXT
    finally:
        deployment.worker.thaw()
    assert heard.kinds.count("data-restart") == 1
    assert heard.kinds[-1] == "finish"
    messages = (await deployment.here.get(deployment.messages)).json()["data"]
    assert [message["text"] for message in messages] == ["Tell me", TEXT]
    assert (await deployment.here.get(f"/v1/turns/{heard.turn}")).json()["attempt"] == 2
    assert (await ask(deployment.here, deployment.messages)).text == TEXT, "it works again"
