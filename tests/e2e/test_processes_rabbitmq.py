"""Processes of their own with RabbitMQ between them: answers come, workers die, the broker goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from medea.kernel.redis.server import RedisServer
from tests.contracts.eventually import eventually
from tests.e2e.test_processes import TEXT, Deployment, Heard, ask, deployed, rejoin
from tests.support.rabbitmq import Wire, own_topology, wire_to_broker

pytestmark = [pytest.mark.slow, pytest.mark.services]

CONNECTIONS = 4  # each of three processes publishes, the worker also consumes


@dataclass
class Wired:
    deployment: Deployment
    wire: Wire


@pytest.fixture
async def wired(tmp_path: Path, fresh_database_url: str, redis_server: RedisServer) -> AsyncIterator[Wired]:
    async with wire_to_broker() as wire, own_topology() as topology:
        settings = {
            "MEDEA_REDIS__URL": redis_server.url,
            "MEDEA_REDIS__PREFIX": redis_server.prefix,
            "MEDEA_RABBITMQ__URL": wire.url,
            "MEDEA_RABBITMQ__PREFIX": topology.prefix,
        }
        async with deployed(tmp_path, fresh_database_url, **settings) as deployment:
            await eventually(lambda: wire.connections == CONNECTIONS)
            yield Wired(deployment, wire)


async def test_a_killed_worker_is_replaced(wired: Wired) -> None:
    deployment = wired.deployment
    heard = await ask(deployment.here, deployment.messages, until=10)
    rest = asyncio.create_task(rejoin(deployment.there, heard))
    await asyncio.sleep(0.3)
    await deployment.worker.kill()
    await deployment.worker.start()
    assert (await rest).kinds.count("data-restart") == 1
    assert heard.text == TEXT
    assert heard.kinds[-1] == "finish"


async def test_a_broker_that_goes_away_in_mid_answer_costs_nothing(wired: Wired) -> None:
    deployment = wired.deployment
    heard = await ask(deployment.here, deployment.messages, until=10)
    await wired.wire.cut()
    assert (await rejoin(deployment.there, heard)).text == TEXT
    assert "data-restart" not in heard.kinds
    assert (await ask(deployment.here, deployment.messages)).text == TEXT, "workers look for themselves"
    await wired.wire.mend()
    await eventually(lambda: wired.wire.connections == CONNECTIONS)
    assert (await ask(deployment.there, deployment.messages)).text == TEXT
    again = await rejoin(deployment.here, Heard(turn=heard.turn))
    assert again.text == TEXT
