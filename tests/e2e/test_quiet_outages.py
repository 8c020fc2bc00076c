"""What goes away later: processes go on trying, find it again, and their logs stay readable."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.services import OwnPostgres
from tests.contracts.eventually import eventually
from tests.support.rabbitmq import own_topology, wire_to_broker
from tests.support.server import RelayProcess, WorkerProcess

pytestmark = pytest.mark.slow

CONNECTIONS = 3  # both publish, the worker also consumes


@pytest.mark.services
async def test_a_broker_that_is_away_for_a_while_fills_no_log(tmp_path: Path, fresh_database_url: str) -> None:
    async with wire_to_broker() as wire, own_topology() as topology:
        settings = {
            "MEDEA_DATABASE__URL": fresh_database_url,
            "MEDEA_RABBITMQ__URL": wire.url,
            "MEDEA_RABBITMQ__PREFIX": topology.prefix,
        }
        processes = [kind(tmp_path / "data", **settings) for kind in (WorkerProcess, RelayProcess)]
        await asyncio.gather(*(process.start() for process in processes))
        try:
            await eventually(lambda: wire.connections == CONNECTIONS)
            begun = [len(process.output) for process in processes]
            await wire.cut()
            await asyncio.sleep(6)
            await wire.mend()
            await eventually(lambda: wire.connections == CONNECTIONS)
        finally:
            statuses = [await process.stop() for process in processes]
    for process, before in zip(processes, begun, strict=True):
        told = "".join(process.output[before:])
        assert "Traceback" not in told, told
        assert "bus.broker_lost" in told
        assert len(process.output) - before < 25, told
    assert statuses == [0, 0]


async def test_a_database_that_is_away_for_a_while_fills_no_log(tmp_path: Path) -> None:
    database = OwnPostgres(tmp_path / "postgres")
    await database.start()
    secret = "a secret of the tests, long enough for a key"
    worker = WorkerProcess(
        tmp_path / "data", MEDEA_DATABASE__URL=database.url, MEDEA_AUTH__SECRET=secret, MEDEA_LOG_LEVEL="info"
    )
    try:
        await worker.start()
        before = len(worker.output)
        await database.crash()
        await asyncio.sleep(6)
        await database.revive()
        await eventually(lambda: any("bus.claim_works_again" in line for line in worker.output))
        told = "".join(worker.output[before:])
        assert "Traceback" not in told, told
        assert len(worker.output) - before < 25, told
        assert await worker.stop() == 0
    finally:
        await worker.kill()
        await database.stop()
