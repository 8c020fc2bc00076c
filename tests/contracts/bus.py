"""What every driver of the bus must do."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from medea.kernel.bus.deadletters import DeadJob, list_dead, purge_dead, retry_dead
from medea.kernel.bus.event import event
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Job, LeaseLost, Queue, Reject, RetryLater, Subscription, Task, subscribe, task
from medea.kernel.db.database import Database
from medea.kernel.ids import AgentId, TenantId
from tests.contracts.eventually import eventually

PATIENCE = 60.0  # seconds; only a failing test waits so long


@dataclass
class Ctx:
    """What a handler gets in these tests."""

    database: Database
    tenant_id: TenantId
    job: Job


class RunningWorker(Protocol):
    async def stop(self, grace: float = ...) -> None: ...

    async def die(self) -> None:
        """End as if the process had been killed: nothing is written any more."""
        ...


class BusHarness(Protocol):
    """One installation's bus, on a database of its own."""

    database: Database
    poll_seconds: float
    """How often its workers look for what nobody announced."""

    def outbox(self, registry: Registry, tenant_id: TenantId) -> Outbox: ...

    async def worker(
        self, registry: Registry, limits: Mapping[Queue, int] = ..., parts: Mapping[Queue, float] | None = None
    ) -> RunningWorker:
        """Start a worker: leases of a second or two, a few milliseconds before a second attempt."""
        ...


@event("tests.something_happened", version=1)
class SomethingHappened:
    agent_id: AgentId
    number: int
    note: str = "-"


@dataclass
class Recorder:
    """Handlers that write down what happened to them."""

    calls: list[Any] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def registry(self, *runnables: Task | Subscription[Any]) -> Registry:
        return Registry(runnables)


async def send(bus: BusHarness, registry: Registry, tenant: TenantId, work: Task, **args: Any) -> None:
    outbox = bus.outbox(registry, tenant)
    async with bus.database.transaction(tenant) as sql:
        outbox.enqueue(work, **args)
        await outbox.flush(sql)
    outbox.after_commit()


async def dead(bus: BusHarness) -> list[DeadJob]:
    async with bus.database.system() as sql:
        return await list_dead(sql)


async def jobs(bus: BusHarness) -> list[Any]:
    async with bus.database.system() as sql:
        return await sql.fetch("SELECT state, attempts, max_attempts, last_error FROM jobs")


async def until_no_job_is_left(bus: BusHarness) -> None:
    async with asyncio.timeout(PATIENCE):
        while await jobs(bus):  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.01)


@asynccontextmanager
async def working(bus: BusHarness, registry: Registry, **limits: int) -> AsyncIterator[RunningWorker]:
    worker = await bus.worker(registry, limits or {"turns": 10, "default": 10, "slow": 2})  # type: ignore[arg-type]
    try:
        yield worker
    finally:
        await worker.stop(1)


class BusContract:
    """Subclass it with a fixture `bus`."""

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId.new()

    @pytest.fixture
    def seen(self) -> Recorder:
        return Recorder()

    async def test_an_event_reaches_every_subscriber(self, bus: BusHarness, tenant: TenantId, seen: Recorder) -> None:
        @subscribe(SomethingHappened)
        async def first(ctx: Ctx, event: SomethingHappened) -> None:
            seen.calls.append(("first", ctx.tenant_id, event))

        @subscribe(SomethingHappened, queue="slow")
        async def second(ctx: Ctx, event: SomethingHappened) -> None:
            seen.calls.append(("second", ctx.tenant_id, event))

        registry = seen.registry(first, second)
        announced = SomethingHappened(agent_id=AgentId.new(), number=3)
        async with working(bus, registry):
            outbox = bus.outbox(registry, tenant)
            outbox.emit(announced)
            async with bus.database.transaction(tenant) as sql:
                await outbox.flush(sql)
                await asyncio.sleep(0.05)
                assert seen.calls == []
            outbox.after_commit()
            await eventually(lambda: len(seen.calls) == 2)
            await until_no_job_is_left(bus)
        assert sorted(seen.calls, key=str) == [("first", tenant, announced), ("second", tenant, announced)]

    async def test_what_is_rolled_back_never_happens(self, bus: BusHarness, tenant: TenantId, seen: Recorder) -> None:
        @task("tests.record")
        async def record(ctx: Ctx, number: int) -> None:
            seen.calls.append(number)

        registry = seen.registry(record)
        async with working(bus, registry, default=1):
            outbox = bus.outbox(registry, tenant)
            outbox.enqueue(record, number=1)

            async def fail() -> None:
                async with bus.database.transaction(tenant) as sql:
                    await outbox.flush(sql)
                    raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                await fail()
            outbox.after_rollback()
            await send(bus, registry, tenant, record, number=2)
            await until_no_job_is_left(bus)
        assert seen.calls == [2]

    async def test_work_from_before_the_worker_came_is_done(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.record")
        async def record(ctx: Ctx, number: int) -> None:
            seen.calls.append((ctx.tenant_id, number))

        registry = seen.registry(record)
        other = TenantId.new()
        await send(bus, registry, tenant, record, number=1)
        await send(bus, registry, other, record, number=2)
        async with working(bus, registry):
            await until_no_job_is_left(bus)
        assert sorted(seen.calls, key=lambda call: call[1]) == [(tenant, 1), (other, 2)]

    async def test_more_urgent_work_goes_first_and_later_work_waits(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        early: list[int] = []

        @task("tests.record")
        async def record(ctx: Ctx, number: int) -> None:
            seen.calls.append(number)
            if number == 9 and datetime.now(UTC) < soon:
                early.append(number)

        registry = seen.registry(record)
        soon = datetime.now(UTC) + timedelta(seconds=0.6)
        await send(bus, registry, tenant, record, number=9, run_at=soon, priority=100)
        for number, priority in [(3, 0), (2, 5), (1, 10)]:
            await send(bus, registry, tenant, record, number=number, priority=priority)
        async with working(bus, registry, default=1):
            await until_no_job_is_left(bus)
        assert early == []
        assert [number for number in seen.calls if number != 9] == [1, 2, 3], "whenever the later one's time has come"

    async def test_a_key_collapses_what_waits(self, bus: BusHarness, tenant: TenantId, seen: Recorder) -> None:
        @task("tests.record")
        async def record(ctx: Ctx, number: int) -> None:
            seen.calls.append((ctx.tenant_id, number))

        registry = seen.registry(record)
        other = TenantId.new()
        for number in range(3):
            await send(bus, registry, tenant, record, number=number, key="same")
        await send(bus, registry, other, record, number=7, key="same")
        async with working(bus, registry):
            await until_no_job_is_left(bus)
            await send(bus, registry, tenant, record, number=8, key="same")
            await until_no_job_is_left(bus)
        assert sorted(seen.calls, key=lambda call: call[1]) == [(tenant, 0), (other, 7), (tenant, 8)]

    async def test_a_failure_is_tried_again_and_holds_nobody_up(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.flaky", retries=5)
        async def flaky(ctx: Ctx) -> None:
            seen.calls.append(ctx.job.attempt)
            if ctx.job.attempt < 3:
                raise ConnectionError("not yet")

        @task("tests.good")
        async def good(ctx: Ctx) -> None:
            seen.calls.append("good")

        registry = seen.registry(flaky, good)
        async with working(bus, registry, default=1):
            await send(bus, registry, tenant, flaky)
            await send(bus, registry, tenant, good)
            await until_no_job_is_left(bus)
        assert [call for call in seen.calls if call != "good"] == [1, 2, 3]
        assert seen.calls.count("good") == 1

    async def test_what_never_succeeds_is_given_up_with_its_reason(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.hopeless", retries=2)
        async def hopeless(ctx: Ctx, number: int) -> None:
            raise ValueError(f"bad \0 number {number}")

        @hopeless.on_dead
        async def give_up(ctx: Ctx, reason: str, number: int) -> None:
            async with ctx.database.transaction(ctx.tenant_id) as sql:
                await ctx.job.complete(sql)
            seen.calls.append((ctx.tenant_id, reason, number))

        registry = seen.registry(hopeless)
        async with working(bus, registry):
            await send(bus, registry, tenant, hopeless, number=4)
            await eventually(lambda: bool(seen.calls))
        (job,) = await dead(bus)
        assert (job.name, job.tenant_id, job.attempts, job.reason) == (
            "tests.hopeless",
            tenant,
            3,
            "ValueError: bad  number 4",
        )
        assert seen.calls == [(tenant, "ValueError: bad \0 number 4", 4)]

    async def test_a_rejected_or_unreadable_job_is_given_up_at_once(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.reject")
        async def reject(ctx: Ctx) -> None:
            raise Reject("nobody wants this")

        @task("tests.typed")
        async def typed(ctx: Ctx, number: int) -> None:
            seen.calls.append(number)

        registry = seen.registry(reject, typed)
        await send(bus, registry, tenant, typed, number=1)
        async with bus.database.system() as sql:
            await sql.execute('UPDATE jobs SET payload = \'{"number": "many"}\'')
        async with working(bus, registry):
            await send(bus, registry, tenant, reject)
            await send(bus, registry, tenant, typed, number=2)
            await eventually(lambda: seen.calls == [2])
            async with asyncio.timeout(PATIENCE):
                while len(await dead(bus)) < 2:  # noqa: ASYNC110 - rows have no event
                    await asyncio.sleep(0.01)
        reasons = {job.name: (job.attempts, job.reason) for job in await dead(bus)}
        assert reasons["tests.reject"] == (1, "nobody wants this")
        assert reasons["tests.typed"][0] == 1
        assert "does not fit" in reasons["tests.typed"][1]

    async def test_a_name_that_nobody_knows_is_given_up_in_the_end(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.forgotten", retries=1)
        async def forgotten(ctx: Ctx) -> None: ...

        await send(bus, seen.registry(forgotten), tenant, forgotten)
        async with working(bus, seen.registry()):
            async with asyncio.timeout(PATIENCE):
                while not await dead(bus):  # noqa: ASYNC110 - rows have no event
                    await asyncio.sleep(0.01)
        (job,) = await dead(bus)
        assert "knows no task named tests.forgotten" in job.reason

    async def test_a_handler_may_choose_when_to_be_tried_again(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.later")
        async def later(ctx: Ctx) -> None:
            seen.calls.append(asyncio.get_running_loop().time())
            if ctx.job.attempt == 1:
                raise RetryLater(0.3, "rate limited")

        registry = seen.registry(later)
        async with working(bus, registry):
            await send(bus, registry, tenant, later)
            await until_no_job_is_left(bus)
        first, second = seen.calls
        assert second - first >= 0.3

    async def test_a_handler_has_a_time_limit(self, bus: BusHarness, tenant: TenantId, seen: Recorder) -> None:
        @task("tests.hang", timeout=0.05, retries=0)
        async def hang(ctx: Ctx) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                seen.calls.append("broken off")

        registry = seen.registry(hang)
        async with working(bus, registry):
            await send(bus, registry, tenant, hang)
            async with asyncio.timeout(PATIENCE):
                while not await dead(bus):  # noqa: ASYNC110 - rows have no event
                    await asyncio.sleep(0.01)
        (job,) = await dead(bus)
        assert (seen.calls, job.reason) == (["broken off"], "time limit of 0.05 seconds")

    async def test_no_more_run_at_once_than_the_queue_allows(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        running: list[int] = [0, 0]

        @task("tests.count", queue="slow")
        async def count(ctx: Ctx) -> None:
            running[0] += 1
            running[1] = max(running)
            await asyncio.sleep(0.01)
            running[0] -= 1

        registry = seen.registry(count)
        async with working(bus, registry, slow=3):
            await asyncio.gather(*(send(bus, registry, tenant, count) for _ in range(12)))
            await until_no_job_is_left(bus)
        assert running == [0, 3]

    async def test_completing_in_the_own_transaction_makes_the_effect_happen_once(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.effect")
        async def effect(ctx: Ctx) -> None:
            async with ctx.database.transaction(ctx.tenant_id) as sql:
                await ctx.job.complete(sql)
                if ctx.job.attempt == 1:
                    raise ConnectionError("rolled back")
            seen.calls.append(ctx.job.attempt)
            raise RuntimeError("after the commit: nothing to try again")

        registry = seen.registry(effect)
        async with working(bus, registry):
            await send(bus, registry, tenant, effect)
            await until_no_job_is_left(bus)
            await asyncio.sleep(0.1)
            assert await jobs(bus) == []
        assert seen.calls == [2]

    async def test_a_dead_workers_job_is_continued_by_another(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.long")
        async def long(ctx: Ctx) -> None:
            seen.calls.append(ctx.job.attempt)
            if ctx.job.attempt == 1:
                await asyncio.sleep(60)

        registry = seen.registry(long)
        doomed = await bus.worker(registry)
        await send(bus, registry, tenant, long)
        await eventually(lambda: seen.calls == [1])
        await doomed.die()
        async with working(bus, registry):
            await until_no_job_is_left(bus)
        assert seen.calls == [1, 2]

    async def test_a_job_that_kills_its_workers_is_given_up(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.killer", retries=0)
        async def killer(ctx: Ctx) -> None:
            seen.calls.append("ran")
            await asyncio.sleep(60)

        @killer.on_dead
        async def give_up(ctx: Ctx, reason: str) -> None:
            seen.calls.append(reason)

        registry = seen.registry(killer)
        doomed = await bus.worker(registry)
        await send(bus, registry, tenant, killer)
        await eventually(lambda: seen.calls == ["ran"])
        await doomed.die()
        async with working(bus, registry):
            await eventually(lambda: len(seen.calls) == 2)
        assert seen.calls == ["ran", "the worker died in the last attempt"]
        assert [job.attempts for job in await dead(bus)] == [1]

    async def test_a_long_job_keeps_its_lease(self, bus: BusHarness, tenant: TenantId, seen: Recorder) -> None:
        @task("tests.long")
        async def long(ctx: Ctx) -> None:
            seen.calls.append(ctx.job.attempt)
            await asyncio.sleep(3.2)
            async with ctx.database.transaction(ctx.tenant_id) as sql:
                await ctx.job.complete(sql)
            seen.calls.append("completed")

        registry = seen.registry(long)
        async with working(bus, registry), working(bus, registry):
            await send(bus, registry, tenant, long)
            await until_no_job_is_left(bus)
        assert seen.calls == [1, "completed"]

    async def test_a_handler_whose_lease_is_lost_is_broken_off(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.stolen")
        async def stolen(ctx: Ctx) -> None:
            seen.calls.append("began")
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                seen.calls.append(ctx.job.is_lost)
                with pytest.raises(LeaseLost):
                    async with ctx.database.transaction(ctx.tenant_id) as sql:
                        await ctx.job.complete(sql)
                raise

        registry = seen.registry(stolen)
        async with working(bus, registry):
            await send(bus, registry, tenant, stolen)
            await eventually(lambda: seen.calls == ["began"])
            async with bus.database.system() as sql:
                await sql.execute("UPDATE jobs SET lease_owner = 'thief', lease_until = now() + interval '1 hour'")
            await eventually(lambda: len(seen.calls) == 2)
        assert seen.calls == ["began", True]
        assert [row["state"] for row in await jobs(bus)] == ["running"]

    async def test_stopping_lets_a_short_job_end(self, bus: BusHarness, tenant: TenantId, seen: Recorder) -> None:
        @task("tests.short")
        async def short(ctx: Ctx) -> None:
            seen.calls.append("began")
            await asyncio.sleep(0.1)
            seen.calls.append("ended")

        registry = seen.registry(short)
        worker = await bus.worker(registry)
        await send(bus, registry, tenant, short)
        await eventually(lambda: seen.calls == ["began"])
        await worker.stop(5)
        assert seen.calls == ["began", "ended"]
        assert await jobs(bus) == []

    async def test_stopping_hands_a_long_job_over_without_counting_it_as_a_failure(
        self, bus: BusHarness, tenant: TenantId, seen: Recorder
    ) -> None:
        @task("tests.long", retries=0)
        async def long(ctx: Ctx) -> None:
            seen.calls.append(ctx.job.attempt)
            if ctx.job.attempt == 1:
                await asyncio.sleep(60)

        registry = seen.registry(long)
        worker = await bus.worker(registry)
        await send(bus, registry, tenant, long)
        await eventually(lambda: seen.calls == [1])
        await worker.stop(0.05)
        assert [(row["state"], row["attempts"], row["max_attempts"]) for row in await jobs(bus)] == [("queued", 1, 2)]
        async with working(bus, registry):
            await until_no_job_is_left(bus)
        assert seen.calls == [1, 2]

    async def test_dead_jobs_are_tried_again_or_purged(self, bus: BusHarness, tenant: TenantId, seen: Recorder) -> None:
        @task("tests.moody", retries=0)
        async def moody(ctx: Ctx, number: int) -> None:
            if ctx.job.attempt == 1:
                raise ValueError(str(number))
            seen.calls.append(number)

        registry = seen.registry(moody)
        async with working(bus, registry):
            for number in (1, 2):
                await send(bus, registry, tenant, moody, number=number)
            async with asyncio.timeout(PATIENCE):
                while len(await dead(bus)) < 2:  # noqa: ASYNC110 - rows have no event
                    await asyncio.sleep(0.01)
            first = next(job for job in await dead(bus) if job.payload == '{"number": 1}')
            async with bus.database.transaction(TenantId.new()) as sql:
                assert await list_dead(sql) == []
                assert await retry_dead(sql) == 0
                assert await purge_dead(sql) == 0
            async with bus.database.transaction(tenant) as sql:
                assert await retry_dead(sql, [first.id]) == 1
            await eventually(lambda: seen.calls == [1])
            async with bus.database.system() as sql:
                assert await purge_dead(sql, older_than=timedelta(hours=1)) == 0
                assert await purge_dead(sql) == 1
            await until_no_job_is_left(bus)
