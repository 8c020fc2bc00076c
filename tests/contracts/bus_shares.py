"""What every driver of the bus must do so that nobody waits for ever: fair shares, and jobs that expire."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from medea.kernel.bus.task import task
from medea.kernel.ids import TenantId
from tests.contracts.bus import PATIENCE, BusHarness, Ctx, Recorder, dead, jobs, send, until_no_job_is_left, working
from tests.contracts.eventually import eventually


async def until_dead(bus: BusHarness, number: int = 1) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(await dead(bus)) < number:  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.01)


class SharesContract:
    """Subclass it with a fixture `bus`."""

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId.new()

    @pytest.fixture
    def seen(self) -> Recorder:
        return Recorder()

    @pytest.mark.parametrize("places", [1, 4])
    async def test_one_tenants_ten_thousand_jobs_do_not_hold_up_anothers_one(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder, places: int
    ) -> None:
        @task("tests.bulk")
        async def bulk(ctx: Ctx, number: int) -> None:
            seen.calls.append(ctx.tenant_id)

        registry = seen.registry(bulk)
        outbox = bus.outbox(registry, tenant)
        async with bus.database.transaction(tenant) as sql:
            for number in range(10_000):
                outbox.enqueue(bulk, number=number)
            await outbox.flush(sql)
        outbox.after_commit()
        other = TenantId.new()
        await send(bus, registry, other, bulk, number=0)
        worker = await bus.worker(registry, {"default": places})
        await eventually(lambda: other in seen.calls)
        await worker.stop(5)
        assert seen.calls.index(other) <= places

    async def test_tenants_take_turns(self, bus: BusHarness, seen: Recorder) -> None:
        @task("tests.record")
        async def record(ctx: Ctx, number: int) -> None:
            seen.calls.append(ctx.tenant_id)

        registry = seen.registry(record)
        tenants = [TenantId.new() for _ in range(3)]
        for each in tenants:  # one after the other: by age alone the first would have all its jobs done first
            for number in range(4):
                await send(bus, registry, each, record, number=number)
        async with working(bus, registry, default=1):
            await until_no_job_is_left(bus)
        rounds = [seen.calls[at : at + 3] for at in range(0, 12, 3)]
        assert all(set(each) == set(tenants) for each in rounds), rounds

    async def test_a_place_goes_to_who_has_the_least_running(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.wait")
        async def wait(ctx: Ctx) -> None:
            seen.calls.append(ctx.tenant_id)
            await seen.gate.wait()

        registry = seen.registry(wait)
        other = TenantId.new()
        async with working(bus, registry, default=6):
            for _ in range(3):
                await send(bus, registry, tenant, wait)
            await eventually(lambda: len(seen.calls) == 3)
            async with bus.database.system() as sql:  # both wait before anybody looks: three places for six jobs
                for each in (tenant, other):
                    await sql.execute(
                        "INSERT INTO jobs (tenant_id, id, task, queue, payload, max_attempts)"
                        " SELECT $1, gen_random_uuid(), 'tests.wait', 'default', '{}', 1 FROM generate_series(1, 3)",
                        each,
                    )
            await send(bus, registry, other, wait)  # wakes the worker; three of the other's four are begun
            await eventually(lambda: len(seen.calls) == 6)
            assert seen.calls == [tenant] * 3 + [other] * 3
            seen.gate.set()
            await until_no_job_is_left(bus)
        assert (seen.calls.count(tenant), seen.calls.count(other)) == (6, 4)

    async def test_more_urgent_work_goes_before_turns(self, bus: BusHarness, seen: Recorder) -> None:
        @task("tests.record")
        async def record(ctx: Ctx, number: int) -> None:
            seen.calls.append(number)

        registry = seen.registry(record)
        one, two = TenantId.new(), TenantId.new()
        for number in (1, 2, 3):
            await send(bus, registry, one, record, number=number, priority=10)
        await send(bus, registry, two, record, number=4)
        async with working(bus, registry, default=1):
            await until_no_job_is_left(bus)
        assert seen.calls == [1, 2, 3, 4]

    async def test_workers_share_what_many_tenants_have(self, bus: BusHarness, seen: Recorder) -> None:
        @task("tests.record")
        async def record(ctx: Ctx, number: int) -> None:
            seen.calls.append((ctx.tenant_id, number))
            await asyncio.sleep(0)

        registry = seen.registry(record)
        tenants = [TenantId.new() for _ in range(20)]
        for each in tenants:
            outbox = bus.outbox(registry, each)
            async with bus.database.transaction(each) as sql:
                for number in range(10):
                    outbox.enqueue(record, number=number)
                await outbox.flush(sql)
            outbox.after_commit()
        async with (
            working(bus, registry, default=2),
            working(bus, registry, default=3),
            working(bus, registry, default=1),
        ):
            await until_no_job_is_left(bus)
        assert sorted(seen.calls) == sorted((each, number) for each in tenants for number in range(10))

    async def test_a_chat_turn_waits_behind_no_indexing(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.index", queue="slow")
        async def index(ctx: Ctx) -> None:
            seen.calls.append("index")
            await seen.gate.wait()

        @task("tests.turn", queue="turns")
        async def turn(ctx: Ctx) -> None:
            seen.calls.append("turn")

        registry = seen.registry(index, turn)
        for _ in range(200):
            await send(bus, registry, tenant, index)
        async with working(bus, registry, turns=2, default=2, slow=2):
            await eventually(lambda: seen.calls == ["index", "index"])
            await send(bus, registry, tenant, turn)
            await eventually(lambda: "turn" in seen.calls)
            assert seen.calls == ["index", "index", "turn"]
            seen.gate.set()
            await until_no_job_is_left(bus)

    async def test_what_has_expired_is_not_run_but_given_up(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.stale", expires_in=timedelta(seconds=-1))
        async def stale(ctx: Ctx, number: int) -> None:
            seen.calls.append(number)

        @stale.on_dead
        async def give_up(ctx: Ctx, reason: str, number: int) -> None:
            seen.calls.append((number, reason))

        registry = seen.registry(stale)
        now = datetime.now(UTC)
        async with working(bus, registry):
            await send(bus, registry, tenant, stale, number=1)
            await send(bus, registry, tenant, stale, number=2, expires_at=now - timedelta(hours=1))
            await send(bus, registry, tenant, stale, number=3, expires_at=now + timedelta(hours=1))
            await send(bus, registry, tenant, stale, number=4, expires_in=timedelta(hours=1))
            await until_dead(bus, 2)
            await eventually(lambda: len(seen.calls) == 4)
        reason = "it expired before it could be run"
        assert sorted(seen.calls, key=str) == [(1, reason), (2, reason), 3, 4]
        assert {job.reason for job in await dead(bus)} == {reason}

    async def test_what_expires_while_it_waits_is_given_up_though_no_place_comes_free(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.wait")
        async def wait(ctx: Ctx) -> None:
            await seen.gate.wait()

        @task("tests.stale", retries=5)
        async def stale(ctx: Ctx) -> None:
            seen.calls.append("ran")

        registry = seen.registry(wait, stale)
        async with working(bus, registry, default=1):
            await send(bus, registry, tenant, wait)
            await eventually_running(bus)
            await send(bus, registry, tenant, stale, key="k", expires_in=timedelta(milliseconds=50))
            await until_dead(bus)
            await send(bus, registry, tenant, stale, key="k")  # what is given up holds no key
            seen.gate.set()
            await eventually(lambda: seen.calls == ["ran"])

    async def test_an_attempt_that_would_come_too_late_is_left_out(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.flaky", retries=5)
        async def flaky(ctx: Ctx) -> None:
            seen.calls.append(ctx.job.attempt)
            async with bus.database.system() as sql:  # its time is over when this attempt is
                await sql.execute("UPDATE jobs SET expires_at = now()")
            raise ConnectionError("not yet")

        registry = seen.registry(flaky)
        async with working(bus, registry):
            await send(bus, registry, tenant, flaky, expires_in=timedelta(hours=1))
            await until_dead(bus)
        (job,) = await dead(bus)
        assert seen.calls == [1]
        assert job.reason.startswith("it expired before attempt 2")


async def eventually_running(bus: BusHarness) -> None:
    async with asyncio.timeout(PATIENCE):
        while [row["state"] for row in await jobs(bus)] != ["running"]:  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.01)
