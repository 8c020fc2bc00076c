"""Workers die at random while jobs fail at random: every effect happens exactly once."""

import random

import pytest

from tests.kernel.bus.chaos import work_while_workers_die
from tests.kernel.bus.embedded import open_embedded


@pytest.mark.slow
async def test_every_effect_happens_exactly_once(fresh_database_url: str) -> None:
    async with open_embedded(fresh_database_url) as bus:
        await work_while_workers_die(bus, random.Random(7), between_jobs=0.003)
