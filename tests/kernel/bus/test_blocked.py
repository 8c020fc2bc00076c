"""A handler that blocks its worker's event loop: it is told whose fault it is, and another process goes on."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import task
from medea.kernel.bus.work.watchdog import Watchdog
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.ids import TenantId
from tests.contracts.bus import Ctx, Recorder, jobs, send, until_no_job_is_left, working
from tests.contracts.eventually import eventually
from tests.kernel.bus.embedded import LEASE, Embedded, open_embedded


@pytest.fixture
async def bus(bus_url: str) -> AsyncIterator[Embedded]:
    async with open_embedded(bus_url) as embedded:
        yield embedded


def work_elsewhere(url: str, registry: Registry, stop: threading.Event) -> threading.Thread:
    """Run a worker whose loop is another thread's, as another process would."""

    async def run() -> None:
        database = await Database.connect(DatabaseUrls(url), pool_size=4)
        other = Embedded(database)
        async with working(other, registry, default=2):
            while not stop.is_set():  # noqa: ASYNC110 - another thread sets it
                await asyncio.sleep(0.02)
        await other.driver.close()
        await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    return thread


async def test_another_process_goes_on_and_nothing_happens_twice(bus: Embedded, bus_url: str) -> None:
    seen = Recorder()
    done = threading.Event()

    @task("tests.blocking")
    async def blocking(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)
        if ctx.job.attempt == 1:
            done.wait(30)  # the loop stands still until the other has done it
        async with ctx.database.transaction(ctx.tenant_id) as sql:
            await ctx.job.complete(sql)
            seen.calls.append(f"effect of {ctx.job.attempt}")
        done.set()

    registry = seen.registry(blocking)
    stop = threading.Event()
    async with working(bus, registry, default=1):
        await send(bus, registry, TenantId.new(), blocking)
        elsewhere = work_elsewhere(bus_url, registry, stop)
        await until_no_job_is_left(bus)
        await eventually(lambda: len(seen.calls) >= 3)
        await asyncio.sleep(LEASE)  # what the first could still do it has done by now
        assert await jobs(bus) == []
    stop.set()
    await asyncio.to_thread(elsewhere.join)
    assert seen.calls == [1, 2, "effect of 2"]


async def test_it_is_told_where_the_loop_stands_still() -> None:
    watchdog = Watchdog(0.1)

    def stand_still() -> None:
        time.sleep(0.5)

    with capture_logs() as logs:
        watchdog.start()
        await asyncio.sleep(0.3)
        assert logs == []
        stand_still()
        await eventually(lambda: len(logs) == 2)
        watchdog.stop()
    blocked, again = logs
    assert (blocked["event"], again["event"]) == ("bus.loop_blocked", "bus.loop_moves_again")
    assert blocked["where"][-1].endswith("stand_still")
    assert again["seconds"] >= 0.4
