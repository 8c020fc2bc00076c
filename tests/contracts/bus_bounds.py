"""What every driver of the bus must do so that jobs that hang leave places to others, whoever has them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Queue, Task, task
from medea.kernel.ids import TenantId
from tests.contracts.bus import BusHarness, Ctx, Recorder, RunningWorker, send, until_no_job_is_left
from tests.contracts.eventually import eventually

PART: Mapping[Queue, float] = {"webhooks": 0.25}


@dataclass
class Hanging:
    """Jobs that hang until they are let go, one by one or all."""

    running: Counter[TenantId] = field(default_factory=Counter)
    begun: Counter[TenantId] = field(default_factory=Counter)
    most: Counter[TenantId] = field(default_factory=Counter)
    most_in_all: int = 0
    passes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def let_go(self, number: int = 1_000) -> None:
        for _ in range(number):
            self.passes.release()

    def task(self) -> Task:
        @task("tests.hang", queue="webhooks", timeout=600)
        async def hang(ctx: Ctx) -> None:
            self.running[ctx.tenant_id] += 1
            self.begun[ctx.tenant_id] += 1
            self.most[ctx.tenant_id] = max(self.most[ctx.tenant_id], self.running[ctx.tenant_id])
            self.most_in_all = max(self.most_in_all, self.running.total())
            try:
                await self.passes.acquire()
            finally:
                self.running[ctx.tenant_id] -= 1

        return hang


@asynccontextmanager
async def bounded(bus: BusHarness, registry: Registry, **limits: Any) -> AsyncIterator[RunningWorker]:
    """A worker that looks at nothing but what it is told of, or owes."""
    bus.poll_seconds = 300.0
    worker = await bus.worker(registry, limits, PART)  # type: ignore[arg-type]
    try:
        yield worker
    finally:
        await worker.stop(1)


async def send_many(bus: BusHarness, registry: Registry, tenant: TenantId, work: Task, number: int) -> None:
    outbox = bus.outbox(registry, tenant)
    async with bus.database.transaction(tenant) as sql:
        for _ in range(number):
            outbox.enqueue(work)
        await outbox.flush(sql)
    outbox.after_commit()


class BoundsContract:
    """Subclass it with a fixture `bus`."""

    @pytest.fixture
    def seen(self) -> Recorder:
        return Recorder()

    @pytest.fixture
    def hanging(self) -> Hanging:
        return Hanging()

    @pytest.fixture
    def quick(self, seen: Recorder) -> Task:
        @task("tests.quick", queue="webhooks")
        async def quick(ctx: Ctx) -> None:
            seen.calls.append(ctx.tenant_id)

        return quick

    @pytest.mark.parametrize("comes_first", ["worker", "jobs"])
    async def test_jobs_that_hang_leave_places_to_others(
        self, bus: BusHarness, seen: Recorder, hanging: Hanging, quick: Task, comes_first: str
    ) -> None:
        hang = hanging.task()
        registry = seen.registry(hang, quick)
        hostile, stranger = TenantId.new(), TenantId.new()
        if comes_first == "jobs":
            await send_many(bus, registry, hostile, hang, 40)
        async with bounded(bus, registry, webhooks=12):
            if comes_first == "worker":
                for _ in range(10):
                    await send(bus, registry, hostile, hang)
                await send_many(bus, registry, hostile, hang, 30)
            await eventually(lambda: hanging.running[hostile] == 3)
            for _ in range(20):
                await send(bus, registry, stranger, quick)
            await send_many(bus, registry, stranger, quick, 20)
            await eventually(lambda: seen.calls.count(stranger) == 40)
            assert hanging.begun == {hostile: 3}, "those that hang still do"
            hanging.let_go()
            await until_no_job_is_left(bus)
        assert (hanging.begun[hostile], hanging.most[hostile]) == (40, 3)

    async def test_nor_do_many_tenants_whose_jobs_hang_take_all(
        self, bus: BusHarness, seen: Recorder, hanging: Hanging, quick: Task
    ) -> None:
        hang = hanging.task()
        registry = seen.registry(hang, quick)
        hostile = [TenantId.new() for _ in range(5)]
        for each in hostile:
            await send_many(bus, registry, each, hang, 8)
        async with bounded(bus, registry, webhooks=12):
            await eventually(lambda: len(hanging.begun) == 5)
            for _ in range(3):
                stranger = TenantId.new()
                await send(bus, registry, stranger, quick)
                await eventually(lambda who=stranger: who in seen.calls)  # type: ignore[misc]
            assert hanging.begun == hanging.running
            hanging.let_go()
            await until_no_job_is_left(bus)
        assert hanging.begun == dict.fromkeys(hostile, 8)
        assert max(hanging.most.values()) <= 3
        assert hanging.most_in_all < 12

    async def test_what_was_held_back_begins_as_soon_as_something_ends(
        self, bus: BusHarness, seen: Recorder, hanging: Hanging
    ) -> None:
        hang = hanging.task()
        registry = seen.registry(hang)
        tenant = TenantId.new()
        async with bounded(bus, registry, webhooks=12):
            await send_many(bus, registry, tenant, hang, 10)
            for ended in range(7):
                await eventually(lambda n=ended: hanging.begun[tenant] == 3 + n and hanging.running[tenant] == 3)  # type: ignore[misc]
                hanging.let_go(1)
            await eventually(lambda: hanging.begun[tenant] == 10)
            hanging.let_go()
            await until_no_job_is_left(bus)
        assert hanging.most == {tenant: 3}

    async def test_more_tenants_than_one_look_reaches_all_have_a_place(
        self, bus: BusHarness, seen: Recorder, hanging: Hanging, quick: Task
    ) -> None:
        """Two places are free; in front of the stranger wait more tenants than are looked at, each with its part."""
        hang = hanging.task()
        registry = seen.registry(hang, quick)
        first = sorted(TenantId.new() for _ in range(30))
        async with bounded(bus, registry, webhooks=32):
            for each in first:
                await send(bus, registry, each, hang)
            await eventually(lambda: hanging.running.total() == 30)
            for each in first:
                await send_many(bus, registry, each, hang, 5)
            for stranger in (TenantId(1), TenantId((1 << 128) - 1), TenantId.new()):
                await send(bus, registry, stranger, quick)
                await eventually(lambda who=stranger: who in seen.calls)  # type: ignore[misc]
            assert hanging.begun == dict.fromkeys(first, 1)
            hanging.let_go()
            await until_no_job_is_left(bus)
        assert hanging.begun == dict.fromkeys(first, 6)

    async def test_queues_without_a_bound_are_one_tenants_as_a_whole(
        self, bus: BusHarness, seen: Recorder, hanging: Hanging
    ) -> None:
        @task("tests.wait")
        async def wait(ctx: Ctx) -> None:
            seen.calls.append(ctx.tenant_id)
            await seen.gate.wait()

        registry = seen.registry(wait)
        async with bounded(bus, registry, default=6):
            await send_many(bus, registry, TenantId.new(), wait, 9)
            await eventually(lambda: len(seen.calls) == 6)
            seen.gate.set()
            await until_no_job_is_left(bus)
