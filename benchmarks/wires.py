"""The wires of the distributed mode alone: RabbitMQ from commit to handler, Redis from writer to reader."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field

from benchmarks.load import spread
from benchmarks.row import MILLI, Row
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.rabbitmq.driver import RabbitDriver
from medea.kernel.bus.rabbitmq.topology import Topology
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Job, task
from medea.kernel.bus.work.worker import Worker
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.ids import TenantId, TurnId
from medea.kernel.redis.server import RedisServer
from medea.kernel.streams.redis.streams import RedisStreams

PACE = 100.0  # a second: jobs committed; and tokens of each stream


@dataclass
class Handled:
    """When jobs were committed and when their handlers began."""

    sent: dict[int, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    all_done: asyncio.Event = field(default_factory=asyncio.Event)
    expected: int = 0

    def note(self, number: int) -> None:
        """Note that a handler began."""
        self.waits.append(time.perf_counter() - self.sent[number])
        if len(self.waits) == self.expected:
            self.all_done.set()


@task("bench.note", queue="default")
async def note(ctx: Handled, number: int) -> None:
    """Note the time."""
    ctx.note(number)


async def bus_row(url: str, rabbitmq: str, topology: Topology, *, is_quick: bool) -> Row:
    """Measure from the commit of a job to its handler, and how many go through when many wait."""
    handled, registry, tenant = Handled(), Registry([note]), TenantId.new()
    database = await Database.connect(DatabaseUrls(url), pool_size=8)
    driver = RabbitDriver(rabbitmq, topology)
    await driver.open()

    @asynccontextmanager
    async def contexts(tenant_id: TenantId, job: Job) -> AsyncIterator[Handled]:
        yield handled

    worker = Worker(database, registry, contexts, driver, limits={"default": 100})
    await worker.start()

    async def send(first: int, number: int) -> None:
        outbox = Outbox(registry, driver, tenant)
        async with database.transaction(tenant) as sql:
            for each in range(first, first + number):
                outbox.enqueue(note, number=each)
            await outbox.flush(sql)
        now = time.perf_counter()
        handled.sent.update(dict.fromkeys(range(first, first + number), now))
        outbox.after_commit()

    paced, flood = (200, 1000) if is_quick else (1000, 5000)
    handled.expected = paced
    for number in range(paced):
        began = time.perf_counter()
        await send(number, 1)
        await asyncio.sleep(max(0.0, began + 1 / PACE - time.perf_counter()))
    await handled.all_done.wait()
    waits = {name: value * MILLI for name, value in spread(handled.waits).items()}
    handled.all_done.clear()
    handled.expected += flood
    began = time.perf_counter()
    for first in range(0, flood, 50):
        await send(paced + first, 50)
    await handled.all_done.wait()
    rate = flood / (time.perf_counter() - began)
    await worker.stop(1)
    await driver.close()
    await database.close()
    return Row(
        f"bus over RabbitMQ, {PACE:.0f} jobs/s: commit to handler",
        "",
        f"p50 {waits['p50']:.1f} ms, p99 {waits['p99']:.1f} ms; {flood} at once: {rate:.0f}/s",
    )


async def stream_row(redis: str, prefix: str, *, is_quick: bool) -> Row:
    """Measure from a writer in one process's place to a reader in another's."""
    streams, seconds = 20, 2 if is_quick else 5
    servers = [await RedisServer.connect(redis, prefix) for _ in range(2)]
    here, there = map(RedisStreams, servers)
    tenant = TenantId.new()
    written: dict[tuple[int, int], float] = {}
    waits: list[float] = []

    async def write(place: int, turn: TurnId) -> None:
        writer = here.writer(tenant, turn, 1, restart=b"{}")
        for number in range(round(PACE * seconds)):
            written[place, number] = time.perf_counter()
            writer.append([b"%d" % number])
            await asyncio.sleep(1 / PACE)
        writer.finish()

    async def read(place: int, turn: TurnId) -> None:
        reader = await there.read(tenant, turn, expected=True)
        assert reader is not None
        with closing(reader):
            async for chunk in reader:
                now = time.perf_counter()
                numbers = [int(line[6:]) for line in chunk.split(b"\n") if line.startswith(b"data: ")]
                waits.extend(now - written[place, number] for number in numbers)

    turns = [TurnId.new() for _ in range(streams)]
    before = time.process_time()
    await asyncio.gather(*(work(place, turn) for place, turn in enumerate(turns) for work in (read, write)))
    cost = (time.process_time() - before) / (streams * PACE * seconds) * MILLI * MILLI
    for each in (here, there):
        await each.close()
    for server in servers:
        await server.close()
    told = {name: value * MILLI for name, value in spread(waits).items()}
    return Row(
        f"streams over Redis, {streams} at {PACE:.0f} tokens/s: writer to reader (gathered for 15 ms)",
        "",
        f"p50 {told['p50']:.1f} ms, p99 {told['p99']:.1f} ms; CPU of both ends {cost:.0f} us a token",
    )
