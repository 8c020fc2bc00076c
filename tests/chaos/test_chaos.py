"""The short form of `make chaos`: the faults that differ most, once each."""

from pathlib import Path

import pytest

from tests.chaos.faults import QUICK
from tests.chaos.run import run, table
from tests.support.redis import missing
from tools.services import find_program

pytestmark = [pytest.mark.slow, pytest.mark.services]


async def test_nothing_is_lost_doubled_or_stuck(tmp_path: Path) -> None:
    for program in ("redis-server", "rabbitmq-server"):
        if find_program(program) is None:
            missing(f"{program} is not installed here")
    rounds = await run(tmp_path, QUICK)
    faults = [f"{one.what}: {fault}" for one in rounds for fault in one.verdict.faults]
    assert not faults, "\n".join([*faults[:50], table(rounds)])
    assert len(rounds) == len(QUICK)
    assert all(one.turns >= len(QUICK) for one in rounds), "there was a load"
    assert sum(one.restarts for one in rounds) > 0, "and the kills were felt"
