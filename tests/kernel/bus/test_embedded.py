"""The PostgreSQL driver: the contract, and what is particular to it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from medea.kernel.bus.embedded.driver import EmbeddedDriver
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.task import LeaseLost, Queue, task
from medea.kernel.bus.work.worker import Worker
from medea.kernel.ids import TenantId
from tests.contracts.bus import BusContract, Ctx, Recorder, RunningWorker, jobs, send, until_no_job_is_left, working
from tests.contracts.bus_bounds import BoundsContract
from tests.contracts.bus_shares import SharesContract
from tests.contracts.eventually import eventually
from tests.kernel.bus.embedded import DISCONNECTED, Embedded, open_embedded


@pytest.fixture
async def bus(bus_url: str) -> AsyncIterator[Embedded]:
    async with open_embedded(bus_url) as embedded:
        yield embedded


@pytest.mark.usefixtures("bus")
class TestContract(BusContract):
    pass


@pytest.mark.usefixtures("bus")
class TestShares(SharesContract):
    pass


@pytest.mark.usefixtures("bus")
class TestBounds(BoundsContract):
    pass


async def idle(worker: RunningWorker) -> None:
    """Wait until a worker that was just started has looked for jobs."""
    assert isinstance(worker, Worker)
    await eventually(lambda: not worker._wake.is_set() and not any(worker.busy.values()))


@pytest.mark.parametrize("queue", ["turns", "default"])
async def test_a_job_of_the_same_process_starts_without_being_looked_for(
    bus: Embedded, tenant: TenantId, seen: Recorder, queue: Queue
) -> None:
    @task("tests.record", queue=queue)
    async def record(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)

    registry = seen.registry(record)
    bus.poll_seconds = 60
    async with working(bus, registry) as worker:
        await idle(worker)
        outbox = bus.outbox(registry, tenant)
        outbox.enqueue(record)
        async with bus.database.transaction(tenant) as sql:
            await outbox.flush(sql)
            (row,) = await sql.fetch("SELECT state, attempts, lease_until > now() AS leased FROM jobs")
            assert dict(row) == {"state": "running", "attempts": 1, "leased": True}
        outbox.after_commit()
        for _ in range(3):  # turns of the event loop, no round trip to the database
            await asyncio.sleep(0)
        assert seen.calls == [1]
        await until_no_job_is_left(bus)


async def test_places_kept_for_what_was_rolled_back_come_free(bus: Embedded, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record", queue="slow")
    async def record(ctx: Ctx) -> None:
        seen.calls.append(1)

    registry = seen.registry(record)
    bus.poll_seconds = 60
    worker = await bus.worker(registry)
    await idle(worker)

    async def write(ending: str) -> None:
        outbox = bus.outbox(registry, tenant)
        outbox.enqueue(record)
        async with bus.database.transaction(tenant) as sql:
            await outbox.flush(sql)
            assert worker.busy["slow"] == 1
            await sql.execute("DELETE FROM jobs")
        if ending == "told":
            outbox.after_rollback()

    await write("told")
    assert worker.busy["slow"] == 0
    await write("forgotten")
    assert worker.busy["slow"] == 0
    await worker.stop()


async def test_a_commit_that_nobody_reported_is_found_when_the_lease_expires(
    bus: Embedded, tenant: TenantId, seen: Recorder
) -> None:
    @task("tests.record")
    async def record(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)

    registry = seen.registry(record)
    bus.poll_seconds = 60
    async with working(bus, registry) as worker:
        await idle(worker)
        outbox = bus.outbox(registry, tenant)
        outbox.enqueue(record)
        async with bus.database.transaction(tenant) as sql:
            await outbox.flush(sql)
        await until_no_job_is_left(bus)
        assert seen.calls == [2]
        outbox.after_commit()  # far too late: the place was taken back
        await asyncio.sleep(0.05)
        assert seen.calls == [2]
        assert isinstance(worker, Worker)
        assert worker.busy["default"] == 0


async def test_waiting_work_goes_before_new_work(bus: Embedded, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        seen.calls.append(number)
        await asyncio.sleep(0.02)

    registry = seen.registry(record)
    async with working(bus, registry, default=1):
        for number in range(8):
            await send(bus, registry, tenant, record, number=number)
        await until_no_job_is_left(bus)
    assert seen.calls == list(range(8))


async def test_a_full_queue_does_not_hold_another_up(bus: Embedded, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.slow", queue="slow")
    async def slow(ctx: Ctx) -> None:
        await asyncio.wait_for(seen.gate.wait(), 60)

    @task("tests.turn", queue="turns")
    async def turn(ctx: Ctx) -> None:
        seen.calls.append("turn")
        seen.gate.set()

    registry = seen.registry(slow, turn)
    async with working(bus, registry):
        for _ in range(10):
            await send(bus, registry, tenant, slow)
        await send(bus, registry, tenant, turn)
        await until_no_job_is_left(bus)
    assert seen.calls == ["turn"]


async def test_after_a_kill_the_only_process_goes_on_at_once(bus: Embedded, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.long", queue="turns")
    async def long(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)
        if ctx.job.attempt == 1:
            await asyncio.sleep(60)

    registry = seen.registry(long)
    doomed = await bus.worker(registry)
    await send(bus, registry, tenant, long)
    await eventually(lambda: seen.calls == [1])
    await doomed.die()
    async with bus.database.system() as sql:
        await sql.execute("UPDATE jobs SET lease_until = now() + interval '1 hour'")
    worker = bus.make(registry)
    assert await worker.reclaim_all() == 1
    await worker.start()
    await until_no_job_is_left(bus)
    await worker.stop()
    assert seen.calls == [1, 2]


async def test_a_process_without_a_worker_wakes_those_of_others(
    bus: Embedded, tenant: TenantId, seen: Recorder
) -> None:
    @task("tests.record")
    async def record(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)

    registry = seen.registry(record)
    bus.poll_seconds = 60
    api_only = EmbeddedDriver(bus.signals)
    async with working(bus, registry) as worker:
        await idle(worker)
        outbox = Outbox(registry, api_only, tenant)
        outbox.enqueue(record)
        async with bus.database.transaction(tenant) as sql:
            await outbox.flush(sql)
        outbox.after_commit()
        await eventually(lambda: seen.calls == [1])
        await until_no_job_is_left(bus)
    await api_only.close()


async def test_the_worker_survives_the_loss_of_its_connections(bus: Embedded, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        seen.calls.append(number)
        await asyncio.sleep(0.2)

    registry = seen.registry(record)
    async with working(bus, registry):
        await send(bus, registry, tenant, record, number=1)
        await terminate_all(bus.database.urls.admin)
        async with asyncio.timeout(60):
            while 2 not in seen.calls:
                with contextlib.suppress(*DISCONNECTED):
                    await send(bus, registry, tenant, record, number=2)
                await asyncio.sleep(0.1)
            while True:
                with contextlib.suppress(*DISCONNECTED):
                    await until_no_job_is_left(bus)
                    break
    assert set(seen.calls) == {1, 2}


async def terminate_all(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_a_tenant_neither_sees_nor_touches_anothers_jobs(bus: Embedded, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record")
    async def record(ctx: Ctx) -> None: ...

    registry = seen.registry(record)
    await send(bus, registry, tenant, record)
    async with bus.database.transaction(TenantId.new()) as sql:
        assert await sql.fetch("SELECT 1 FROM jobs") == []
        assert await sql.execute("DELETE FROM jobs") == "DELETE 0"
    outbox = bus.outbox(registry, tenant)
    outbox.enqueue(record)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with bus.database.transaction(TenantId.new()) as sql:
            await outbox.flush(sql)
    assert len(await jobs(bus)) == 1


async def test_extending_leases_changes_no_index(bus: Embedded) -> None:
    async with bus.database.system() as sql:
        definitions = await sql.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = 'jobs'")
    assert definitions
    assert not [row for row in definitions if "lease_until" in row["indexdef"]]


async def test_hundreds_of_jobs_through_two_workers_each_run_once(
    bus: Embedded, tenant: TenantId, seen: Recorder
) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        seen.calls.append(number)

    registry = seen.registry(record)
    async with working(bus, registry), working(bus, registry):
        outbox = bus.outbox(registry, tenant)
        for number in range(400):
            outbox.enqueue(record, number=number)
        async with bus.database.transaction(tenant) as sql:
            await outbox.flush(sql)
        outbox.after_commit()
        await until_no_job_is_left(bus)
    assert sorted(seen.calls) == list(range(400))


async def test_a_worker_that_lost_a_job_may_claim_it_again(bus: Embedded, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.twice")
    async def twice(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)
        if ctx.job.attempt == 1:
            try:
                await seen.gate.wait()
            except asyncio.CancelledError:
                with pytest.raises(LeaseLost):
                    async with ctx.database.transaction(ctx.tenant_id) as sql:
                        await ctx.job.complete(sql)
                raise
        await asyncio.sleep(0.2)

    registry = seen.registry(twice)
    async with working(bus, registry):
        await send(bus, registry, tenant, twice)
        await eventually(lambda: seen.calls == [1])
        async with bus.database.system() as sql:  # what another worker does when a lease has expired
            await sql.execute("UPDATE jobs SET state = 'queued', lease_owner = NULL, lease_until = NULL")
        await eventually(lambda: seen.calls == [1, 2])
        await until_no_job_is_left(bus)
        await asyncio.sleep(0.1)
    assert seen.calls == [1, 2]
