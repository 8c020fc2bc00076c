"""The processes: two of each kind, on the suite's own services."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from httpx2 import AsyncClient

from tests.chaos.model import Model
from tests.chaos.services import Services
from tests.e2e.test_killed import prepare
from tests.support.server import ApiProcess, RelayProcess, Server, WorkerProcess
from tests.support.upstream import upstream


@dataclass
class World:
    """Everything that can be killed, and how to talk to it.

    Attributes:
        headers: that prove who asks.
        cuts: connections of clients, as the tasks that hold them.
    """

    services: Services
    model: Model
    apis: list[Server]
    workers: list[Server]
    relays: list[Server]
    headers: dict[str, str] = field(default_factory=dict)
    cuts: set["asyncio.Task[None]"] = field(default_factory=set)

    @property
    def processes(self) -> list[Server]:
        """All of Medea."""
        return [*self.workers, *self.relays, *self.apis]

    def cut_connections(self) -> None:
        """Cut every client off."""
        for task in tuple(self.cuts):
            task.cancel()


@contextlib.asynccontextmanager
async def deployed(folder: Path) -> AsyncIterator[World]:
    """Run everything for the time of a block, with a company and its published agent."""
    services, model = Services(folder), Model()
    async with upstream(respond=model.respond) as server, contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(services.stop)
        await services.start()
        environment = {
            "MEDEA_LLM__BASE_URL": server.base_url,
            "MEDEA_LLM__DEFAULT_MODEL": "m",
            "MEDEA_DATABASE__URL": services.postgres.url,
            "MEDEA_DATABASE__POOL_SIZE": "8",
            "MEDEA_REDIS__URL": services.redis.url,
            "MEDEA_RABBITMQ__URL": services.rabbit.url,
            "MEDEA_AUTH__SECRET": "a secret of the chaos, long enough for a key",
            "MEDEA_WORKER__GRACE_SECONDS": "2",
            "MEDEA_WEB__DRAIN_SECONDS": "0.5",
        }

        def two(kind: type[Server]) -> list[Server]:
            return [kind(folder / "data", **environment) for _ in range(2)]

        world = World(services, model, two(ApiProcess), two(WorkerProcess), two(RelayProcess))
        stack.push_async_callback(_stop_all, world.processes)
        await asyncio.gather(*(process.start() for process in world.processes))
        async with AsyncClient(base_url=world.apis[0].origin, timeout=60) as client:
            await prepare(client)
            made = await client.post("/v1/api-keys", json={"name": "chaos", "kind": "secret"})
            world.headers = {"authorization": f"Bearer {made.json()['key']}"}
        yield world


async def _stop_all(processes: list[Server]) -> None:
    await asyncio.gather(*(process.kill() for process in processes))
