"""PostgreSQL goes away in mid-answer and comes back when the model has long said its last word."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.db.migrate import migrate
from medea.kernel.redis.server import RedisServer
from tests.e2e.test_processes import TEXT, Deployment, ask, deployed, rejoin

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A PostgreSQL of this test's own, to be stopped at will."""
    (tmp_path / "database").mkdir()
    made = EmbeddedPostgres(tmp_path / "database")
    yield made
    await made.stop()


@pytest.fixture
async def deployment(tmp_path: Path, server: EmbeddedPostgres, redis_server: RedisServer) -> AsyncIterator[Deployment]:
    url = (await server.start()).url()
    await migrate(url)
    settings = {"MEDEA_REDIS__URL": redis_server.url, "MEDEA_REDIS__PREFIX": redis_server.prefix}
    async with deployed(tmp_path, url, **settings) as made:
        yield made


async def test_the_answer_is_kept_when_it_is_back(deployment: Deployment, server: EmbeddedPostgres) -> None:
    heard = await ask(deployment.here, deployment.messages, until=10)
    rest = asyncio.create_task(rejoin(deployment.there, heard))
    await asyncio.sleep(0.3)  # until it has joined
    await server.stop()
    refused = await deployment.here.get(f"/v1/turns/{heard.turn}")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    while heard.text != TEXT:  # noqa: ASYNC110 - what is waited for is another process's doing
        await asyncio.sleep(0.05)
    await asyncio.sleep(4)  # as long as a worker tries to write that an attempt failed
    assert not rest.done(), "what is not kept has not ended"
    await server.start()
    await rest
    assert heard.text == TEXT
    assert heard.kinds[-1] == "finish"
    assert "data-restart" not in heard.kinds
    turn = (await deployment.here.get(f"/v1/turns/{heard.turn}")).json()
    assert (turn["status"], turn["attempt"]) == ("completed", 1)
