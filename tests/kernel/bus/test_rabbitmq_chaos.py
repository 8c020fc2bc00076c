"""Workers die and the way to the broker is cut at random while jobs fail: every effect happens exactly once."""

import asyncio
import random

import pytest

from tests.kernel.bus.chaos import work_while_workers_die
from tests.kernel.bus.rabbit import Rabbit, open_rabbit

pytestmark = [pytest.mark.services, pytest.mark.slow]


async def _cut(bus: Rabbit) -> None:
    for _ in range(5):
        await asyncio.sleep(0.4)
        await bus.wire.cut(for_good=False)


async def test_every_effect_happens_exactly_once(fresh_database_url: str) -> None:
    async with open_rabbit(fresh_database_url) as bus:
        relays = [bus.relay(), bus.relay()]
        for relay in relays:
            relay.start()
        await asyncio.gather(work_while_workers_die(bus, random.Random(11), between_jobs=0.01), _cut(bus))
        for relay in relays:
            await relay.stop()
