"""An installation's bus in PostgreSQL alone, for tests: driver and workers that can be killed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import asyncpg

from medea.kernel.bus.door import SystemDoor
from medea.kernel.bus.embedded.driver import EmbeddedDriver
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Job, Queue
from medea.kernel.bus.work.worker import Worker
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.ids import TenantId
from medea.kernel.signals.local import MemorySignals
from tests.contracts.bus import Ctx

DISCONNECTED = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
LEASE = 1.5  # seconds; long enough for a busy machine
ALL: Mapping[Queue, int] = {"turns": 10, "default": 10, "slow": 2}


class DoomedWorker(Worker):
    async def die(self) -> None:
        self._accepting = False
        self._watchdog.stop()
        await self._feed.close()
        tasks = [*self._loops, *(attempt.task for attempt in self._attempts.values() if attempt.task is not None)]
        for attempt in self._attempts.values():
            attempt.lose()  # so that the handler's end is not written
        for loop in tasks:
            loop.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Embedded:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.signals = MemorySignals()
        self.driver = EmbeddedDriver(self.signals)
        self.poll_seconds = 0.1
        self.lease_seconds = LEASE
        self.door: SystemDoor = database  # of workers made from here on

    def outbox(self, registry: Registry, tenant_id: TenantId) -> Outbox:
        return Outbox(registry, self.driver, tenant_id)

    @asynccontextmanager
    async def context(self, tenant_id: TenantId, job: Job) -> AsyncIterator[Ctx]:
        yield Ctx(self.database, tenant_id, job)

    def make(
        self, registry: Registry, limits: Mapping[Queue, int] = ALL, parts: Mapping[Queue, float] | None = None
    ) -> DoomedWorker:
        return DoomedWorker(
            self.door,
            registry,
            self.context,
            self.driver,
            limits=limits,
            lease_seconds=self.lease_seconds,
            poll_seconds=self.poll_seconds,
            first_pause=0.01,
            tenant_parts=parts,
        )

    async def worker(
        self, registry: Registry, limits: Mapping[Queue, int] = ALL, parts: Mapping[Queue, float] | None = None
    ) -> DoomedWorker:
        worker = self.make(registry, limits, parts)
        await worker.start()
        return worker


@asynccontextmanager
async def open_embedded(database_url: str) -> AsyncIterator[Embedded]:
    """Open everything but workers; the rows are deleted afterwards."""
    database = await Database.connect(DatabaseUrls(database_url), pool_size=8)
    embedded = Embedded(database)
    try:
        yield embedded
    finally:
        await embedded.driver.close()
        with contextlib.suppress(*DISCONNECTED):
            async with database.system() as sql:
                await sql.execute("DELETE FROM jobs")
                await sql.execute("DELETE FROM schedules")
        await database.close()
