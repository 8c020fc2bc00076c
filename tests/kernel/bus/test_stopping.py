"""A worker that stops in the middle of a claim leaves nothing leased to nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from medea.kernel.bus.task import task
from medea.kernel.bus.work import worker as workers
from medea.kernel.db.database import Database
from medea.kernel.db.sql import Sql
from medea.kernel.ids import TenantId
from tests.contracts.bus import Ctx, Recorder, jobs, send
from tests.contracts.eventually import eventually
from tests.kernel.bus.embedded import Embedded, open_embedded


class SlowAnswers:
    """A database whose answers to claims, committed long ago, are held back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.arrive = asyncio.Event()

    @asynccontextmanager
    async def system(self, *, durable: bool = True, planned_once: bool = False) -> AsyncIterator[Sql]:
        async with self._database.system(durable=durable, planned_once=planned_once) as sql:
            yield sql
        if planned_once:
            await self.arrive.wait()


@pytest.fixture
async def bus(bus_url: str) -> AsyncIterator[Embedded]:
    async with open_embedded(bus_url) as embedded:
        yield embedded


@pytest.mark.parametrize("is_late", [False, True], ids=["the answer comes", "the answer never comes"])
async def test_what_is_claimed_while_the_worker_stops_waits_again_unbegun(
    bus: Embedded, tenant: TenantId, seen: Recorder, is_late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    @task("tests.record", retries=0)
    async def record(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)

    if is_late:
        monkeypatch.setattr(workers, "_CLAIM_SECONDS", 0.01)
    registry = seen.registry(record)
    await send(bus, registry, tenant, record)
    bus.door = slow = SlowAnswers(bus.database)
    bus.lease_seconds = 600  # nobody else lets it wait again
    worker = await bus.worker(registry)
    async with asyncio.timeout(60):
        while [row["state"] for row in await jobs(bus)] != ["running"]:  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.01)
    stopping = asyncio.create_task(worker.stop(1))
    await eventually(lambda: not worker._accepting)
    if not is_late:
        slow.arrive.set()
    await asyncio.wait_for(stopping, 60)
    assert seen.calls == []
    (row,) = await jobs(bus)
    assert (row["state"], row["attempts"], row["max_attempts"]) == ("queued", 1, 2)
    assert not any(worker.busy.values())


async def test_what_runs_is_not_taken_from_its_handler_when_the_worker_stops(
    bus: Embedded, tenant: TenantId, seen: Recorder
) -> None:
    may_end = asyncio.Event()

    @task("tests.long", retries=0)
    async def long(ctx: Ctx) -> None:
        seen.calls.append("begun")
        await may_end.wait()
        seen.calls.append("done")

    registry = seen.registry(long)
    bus.poll_seconds = 60  # so that only who stops it ends the loop
    worker = await bus.worker(registry)
    claims = worker._loops[0]
    await send(bus, registry, tenant, long)
    await eventually(lambda: seen.calls == ["begun"])
    stopping = asyncio.create_task(worker.stop(60))
    await eventually(lambda: claims.done() and not worker._asides)
    assert [row["state"] for row in await jobs(bus)] == ["running"]
    may_end.set()
    await asyncio.wait_for(stopping, 60)
    assert seen.calls == ["begun", "done"]
    assert await jobs(bus) == []
