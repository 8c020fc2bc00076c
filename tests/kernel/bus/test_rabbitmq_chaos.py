"""Workers die and the way to the broker is cut at random while jobs fail: every effect happens exactly once."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from medea.kernel.ids import TenantId
from tests.contracts.bus import Recorder, dead, send, until_no_job_is_left
from tests.kernel.bus.rabbit import Rabbit, open_rabbit
from tests.kernel.bus.test_embedded import ALL
from tests.kernel.bus.test_embedded_chaos import effect_of

pytestmark = [pytest.mark.services, pytest.mark.slow]

JOBS = 150


@pytest.fixture
async def bus(fresh_database_url: str) -> AsyncIterator[Rabbit]:
    async with open_rabbit(fresh_database_url) as rabbit:
        relays = [rabbit.relay(), rabbit.relay()]
        for relay in relays:
            relay.start()
        yield rabbit
        for relay in relays:
            await relay.stop()


async def test_every_effect_happens_exactly_once(bus: Rabbit) -> None:
    dice = random.Random(11)
    tenants = [TenantId.new() for _ in range(3)]
    effect = effect_of(dice)
    registry = Recorder().registry(effect)
    workers = [await bus.worker(registry, ALL) for _ in range(3)]

    async def write() -> None:
        for number in range(JOBS):
            await send(bus, registry, tenants[number % 3], effect, number=number)
            await asyncio.sleep(0.01)

    async def kill() -> None:
        for _ in range(8):
            await asyncio.sleep(0.25)
            victim = workers.pop(dice.randrange(len(workers)))
            if dice.random() < 0.7:
                await victim.die()
            else:
                await victim.stop(0.02)
            workers.append(await bus.worker(registry, ALL))

    async def cut() -> None:
        for _ in range(5):
            await asyncio.sleep(0.4)
            await bus.wire.cut(for_good=False)

    await asyncio.gather(write(), kill(), cut())
    async with asyncio.timeout(60):
        await until_no_job_is_left(bus)
    for worker in workers:
        await worker.stop(1)
    async with bus.database.system() as sql:
        done = [row["consumer"] for row in await sql.fetch("SELECT consumer FROM inbox")]
    assert sorted(done, key=int) == [str(number) for number in range(JOBS)]
    assert await dead(bus) == []
