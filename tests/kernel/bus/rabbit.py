"""An installation's bus on RabbitMQ, for tests: driver, relay and workers over a wire that can be cut."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.rabbitmq.driver import RabbitDriver
from medea.kernel.bus.rabbitmq.relay import Relay
from medea.kernel.bus.rabbitmq.topology import Topology
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Job, Queue
from medea.kernel.db.database import Database, DatabaseUrls
from medea.kernel.db.leadership import Leadership
from medea.kernel.ids import TenantId
from tests.contracts.bus import Ctx
from tests.kernel.bus.embedded import ALL, LEASE, DoomedWorker
from tests.support.rabbitmq import Wire, own_topology, wire_to_broker


class Rabbit:
    def __init__(self, database: Database, driver: RabbitDriver, topology: Topology, wire: Wire) -> None:
        self.database = database
        self.driver = driver
        self.topology = topology
        self.wire = wire
        self.poll_seconds = 0.2  # only while the broker is away

    def outbox(self, registry: Registry, tenant_id: TenantId) -> Outbox:
        return Outbox(registry, self.driver, tenant_id)

    @asynccontextmanager
    async def context(self, tenant_id: TenantId, job: Job) -> AsyncIterator[Ctx]:
        yield Ctx(self.database, tenant_id, job)

    async def worker(
        self, registry: Registry, limits: Mapping[Queue, int] = ALL, parts: Mapping[Queue, float] | None = None
    ) -> DoomedWorker:
        worker = DoomedWorker(
            self.database,
            registry,
            self.context,
            self.driver,
            limits=limits,
            lease_seconds=LEASE,
            poll_seconds=self.poll_seconds,
            patient_poll_seconds=300,  # messages and relay bring everything
            first_pause=0.01,
            tenant_parts=parts,
        )
        await worker.start()
        return worker

    def relay(self, key: int = 1, *, grace: float = 0.3) -> Relay:
        leadership = Leadership(self.database.urls.system, key)
        return Relay(self.database, self.driver, leadership, sweep_seconds=0.1, grace_seconds=grace)


@asynccontextmanager
async def open_rabbit(database_url: str) -> AsyncIterator[Rabbit]:
    """Open everything but workers and relay; the rows are deleted afterwards."""
    async with wire_to_broker() as wire, own_topology() as topology:
        database = await Database.connect(DatabaseUrls(database_url), pool_size=8)
        driver = RabbitDriver(wire.url, topology)
        await driver.open()
        try:
            yield Rabbit(database, driver, topology, wire)
        finally:
            await driver.close()
            with contextlib.suppress(OSError):
                async with database.system() as sql:
                    await sql.execute("DELETE FROM jobs")
            await database.close()
