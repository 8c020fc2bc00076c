"""Recurring work: one run per tick whoever looks, one run after a downtime, none on top of another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.periodic import PLATFORM_TENANT, Periodic, periodic
from medea.kernel.bus.scheduler import Scheduler
from medea.kernel.bus.task import task
from medea.kernel.context import Context
from medea.kernel.errors import Forbidden
from medea.kernel.ids import TenantId
from tests.contracts.bus import Ctx, Recorder, dead, jobs, until_no_job_is_left, working
from tests.contracts.eventually import eventually
from tests.kernel.bus.embedded import Embedded, open_embedded


@pytest.fixture
async def bus(bus_url: str) -> AsyncIterator[Embedded]:
    async with open_embedded(bus_url) as embedded:
        yield embedded


def recording(seen: Recorder, every: timedelta = timedelta(hours=1)) -> Periodic:
    @periodic("tests.sweep", every=every)
    async def sweep(ctx: Ctx) -> None:
        seen.calls.append(ctx.tenant_id)

    return sweep


async def make_due(bus: Embedded, ago: timedelta = timedelta(seconds=1)) -> None:
    async with bus.database.system() as sql:
        await sql.execute("UPDATE schedules SET next_at = now() - $1::interval", ago)


async def schedule(bus: Embedded) -> Any:
    async with bus.database.system() as sql:
        return await sql.fetchrow("SELECT *, now() AS now FROM schedules")


@pytest.mark.parametrize(
    ("every", "offset", "tick"),
    [
        (timedelta(minutes=5), timedelta(0), datetime(2026, 3, 1, 10, 5, tzinfo=UTC)),
        (timedelta(days=1), timedelta(hours=3), datetime(2026, 3, 2, 3, 0, tzinfo=UTC)),
        (timedelta(hours=1), timedelta(minutes=30), datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        (timedelta(seconds=1), timedelta(0), datetime(2026, 3, 1, 10, 0, 1, tzinfo=UTC)),
    ],
)
def test_ticks_are_the_same_in_every_process(every: timedelta, offset: timedelta, tick: datetime) -> None:
    @periodic("tests.sweep", every=every, offset=offset)
    async def sweep(ctx: Ctx) -> None: ...

    assert sweep.next_tick(datetime(2026, 3, 1, 10, 0, tzinfo=UTC)) == tick


def test_what_nobody_could_give_arguments_to_is_refused() -> None:
    with pytest.raises(TypeError, match="arguments"):

        @periodic("tests.sweep", every=timedelta(hours=1))
        async def sweep(ctx: Ctx, number: int) -> None: ...

    with pytest.raises(ValueError, match="second"):
        periodic("tests.sweep", every=timedelta(0))


async def test_a_tick_becomes_one_job_though_many_look_at_once(bus: Embedded, seen: Recorder) -> None:
    registry = seen.registry(recording(seen))
    schedulers = [Scheduler(bus.database, registry, bus.driver) for _ in range(6)]
    assert [await each.tick() for each in schedulers] == [[]] * 6
    for number in range(5):
        await make_due(bus)
        begun = await asyncio.gather(*(each.tick() for each in schedulers))
        assert sorted(begun, key=len)[-2:] == [[], ["tests.sweep"]], "one of them"
        async with working(bus, registry):
            await until_no_job_is_left(bus)
        assert seen.calls == [PLATFORM_TENANT] * (number + 1)


async def test_one_run_makes_up_for_a_downtime(bus: Embedded, seen: Recorder) -> None:
    registry = seen.registry(recording(seen, every=timedelta(minutes=1)))
    scheduler = Scheduler(bus.database, registry, bus.driver)
    await scheduler.tick()
    await make_due(bus, timedelta(days=3))
    assert [await scheduler.tick(), await scheduler.tick()] == [["tests.sweep"], []]
    row = await schedule(bus)
    assert row["now"] < row["next_at"] <= row["now"] + timedelta(minutes=1)
    assert len(await jobs(bus)) == 1


async def test_no_run_on_top_of_another(bus: Embedded, seen: Recorder) -> None:
    @periodic("tests.long", every=timedelta(minutes=1), retries=0)
    async def long(ctx: Ctx) -> None:
        seen.calls.append("began")
        await seen.gate.wait()
        raise ValueError("this tick failed")

    registry = seen.registry(long)
    scheduler = Scheduler(bus.database, registry, bus.driver)
    await scheduler.tick()
    await make_due(bus)
    assert await scheduler.tick() == ["tests.long"]
    await make_due(bus)
    assert await scheduler.tick() == [], "the one before waits still"
    async with working(bus, registry):
        await eventually(lambda: seen.calls == ["began"])
        await make_due(bus)
        assert await scheduler.tick() == [], "the one before runs still"
        seen.gate.set()
        async with asyncio.timeout(60):
            while not await dead(bus):  # noqa: ASYNC110 - rows have no event
                await asyncio.sleep(0.01)
        await make_due(bus)
        assert await scheduler.tick() == ["tests.long"], "what was given up stops nobody"


async def test_it_looks_by_itself_and_survives_an_outage(bus: Embedded, seen: Recorder) -> None:
    registry = seen.registry(recording(seen, every=timedelta(seconds=1)))

    class Door:
        is_shut = True

        def system(
            self, *, durable: bool = True, planned_once: bool = False
        ) -> contextlib.AbstractAsyncContextManager[Any]:
            if self.is_shut:
                raise ConnectionError("the database is away")
            return bus.database.system(durable=durable, planned_once=planned_once)

    door = Door()
    scheduler = Scheduler(door, registry, bus.driver, longest_look=0.2)
    async with working(bus, registry):
        scheduler.start()
        await asyncio.sleep(0)
        door.is_shut = False
        await eventually(lambda: len(seen.calls) >= 2)
        await scheduler.stop()


async def test_a_changed_pace_counts_at_once(bus: Embedded, seen: Recorder) -> None:
    await Scheduler(bus.database, seen.registry(recording(seen, every=timedelta(days=300))), bus.driver).tick()
    before = (await schedule(bus))["next_at"]
    await Scheduler(bus.database, seen.registry(recording(seen, every=timedelta(minutes=1))), bus.driver).tick()
    row = await schedule(bus)
    assert row["next_at"] < before
    assert row["next_at"] <= row["now"] + timedelta(minutes=1)


async def test_it_hands_work_to_tenants(installation: Installation) -> None:
    tenant = TenantId.new()

    @task("tests.part")
    async def part(ctx: Context) -> None: ...

    ctx = Context(installation.ports, system_principal(PLATFORM_TENANT))
    async with ctx, ctx.in_tenant(tenant) as theirs:
        theirs.enqueue(part)
    async with installation.ports.database.transaction(tenant) as sql:
        assert await sql.fetchval("DELETE FROM jobs WHERE tenant_id = $1 RETURNING task", tenant) == "tests.part"
    with pytest.raises(Forbidden):
        Context(installation.ports, system_principal(tenant)).in_tenant(TenantId.new())
