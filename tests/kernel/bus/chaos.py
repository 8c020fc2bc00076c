"""Jobs that fail at random on workers that die at random, for the tests of both drivers."""

import asyncio
import random
from uuid import uuid4

from medea.kernel.bus.task import Task, task
from medea.kernel.ids import TenantId
from tests.contracts.bus import BusHarness, Ctx, Recorder, dead, send, until_no_job_is_left
from tests.kernel.bus.embedded import ALL

JOBS = 150


def effect_of(dice: random.Random) -> Task:
    """A job with one effect, which fails now and then at every place where it can."""

    @task("tests.effect", retries=100)
    async def effect(ctx: Ctx, number: int) -> None:
        await asyncio.sleep(dice.random() * 0.05)
        if dice.random() < 0.1:
            raise ConnectionError("before")
        async with ctx.database.transaction(ctx.tenant_id) as sql:
            await sql.execute(
                "INSERT INTO inbox (tenant_id, consumer, key) VALUES ($1, $2, $3)",
                ctx.tenant_id,
                str(number),
                str(uuid4()),
            )
            await asyncio.sleep(dice.random() * 0.01)
            await ctx.job.complete(sql)
            if dice.random() < 0.1:
                raise ConnectionError("in the transaction")
        if dice.random() < 0.1:
            raise ConnectionError("after the commit")

    return effect


async def work_while_workers_die(bus: BusHarness, dice: random.Random, *, between_jobs: float) -> None:
    """Write jobs of three tenants while workers die or are stopped; afterwards each has had its effect once.

    Args:
        bus: whose workers can be killed.
        dice: seeded.
        between_jobs: seconds.
    """
    tenants = [TenantId.new() for _ in range(3)]
    effect = effect_of(dice)
    registry = Recorder().registry(effect)
    workers = [await bus.worker(registry, ALL) for _ in range(3)]

    async def write() -> None:
        for number in range(JOBS):
            await send(bus, registry, tenants[number % 3], effect, number=number)
            await asyncio.sleep(between_jobs)

    async def kill() -> None:
        for _ in range(8):
            await asyncio.sleep(0.2)
            victim = workers.pop(dice.randrange(len(workers)))
            if dice.random() < 0.7:
                await victim.die()
            else:
                await victim.stop(0.02)
            workers.append(await bus.worker(registry, ALL))

    await asyncio.gather(write(), kill())
    async with asyncio.timeout(60):
        await until_no_job_is_left(bus)
    for worker in workers:
        await worker.stop(1)
    async with bus.database.system() as sql:
        done = [row["consumer"] for row in await sql.fetch("SELECT consumer FROM inbox")]
    assert sorted(done, key=int) == [str(number) for number in range(JOBS)]
    assert await dead(bus) == []
