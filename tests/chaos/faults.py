"""What is done to the deployment while clients talk through it. Each ends with everything running again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.chaos.deployment import World
from tests.support.server import Server

AWAY = 1.5  # seconds between a kill and the start of what takes its place
HANG = 14.0  # longer than any lease


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    Attributes:
        what: happens, for people.
        inject: makes it happen and repairs it.
    """

    what: str
    inject: Callable[[World], Awaitable[None]]


async def _replace(process: Server) -> None:
    await process.kill()
    await asyncio.sleep(AWAY)
    await process.start()


async def _nothing(_world: World) -> None:
    await asyncio.sleep(1)


async def _worker_killed(world: World) -> None:
    await _replace(world.workers[0])


async def _worker_hung(world: World) -> None:
    world.workers[1].hang()
    await asyncio.sleep(HANG)
    world.workers[1].go_on()


async def _api_killed(world: World) -> None:
    await _replace(world.apis[0])


async def _api_terminated(world: World) -> None:
    assert await world.apis[1].terminate() == 0, "".join(world.apis[1].output)
    await world.apis[1].start()


async def _relay_killed(world: World) -> None:
    """The relay that leads dies together with a worker, whose jobs another relay then has to find."""
    await asyncio.gather(world.relays[0].kill(), world.workers[1].kill())
    await asyncio.sleep(AWAY)
    await asyncio.gather(world.relays[0].start(), world.workers[1].start())


async def _redis_restarted(world: World) -> None:
    await world.services.redis.kill()
    await asyncio.sleep(AWAY)
    await world.services.redis.start()


async def _rabbitmq_restarted(world: World) -> None:
    await world.services.rabbit.kill()
    await asyncio.sleep(AWAY)
    await world.services.rabbit.start()


async def _postgres_restarted(world: World) -> None:
    await world.services.postgres.crash()
    await asyncio.sleep(AWAY)
    await world.services.postgres.revive()


async def _connections_cut(world: World) -> None:
    for _ in range(6):
        world.cut_connections()
        await asyncio.sleep(0.4)


async def _rolling_restart(world: World) -> None:
    for process in world.processes:
        assert await process.terminate() == 0, "".join(process.output)
        await process.start()


async def _everything(world: World) -> None:
    services = world.services
    victims = [world.workers[0], world.apis[1], *world.relays]
    await asyncio.gather(
        services.redis.kill(), services.rabbit.kill(), services.postgres.crash(), *(each.kill() for each in victims)
    )
    world.cut_connections()
    await asyncio.sleep(AWAY)
    await asyncio.gather(services.redis.start(), services.rabbit.start(), services.postgres.revive())
    await asyncio.gather(*(each.start() for each in victims))


FAULTS: dict[str, Fault] = {
    "none": Fault("nothing", _nothing),
    "worker_killed": Fault("a worker, kill -9", _worker_killed),
    "worker_hung": Fault(f"a worker stands still for {HANG:g} s", _worker_hung),
    "api_killed": Fault("an API process, kill -9", _api_killed),
    "api_terminated": Fault("an API process, SIGTERM", _api_terminated),
    "relay_killed": Fault("the leading relay and a worker, kill -9", _relay_killed),
    "redis_restarted": Fault("Redis, kill -9: its memory is lost", _redis_restarted),
    "rabbitmq_restarted": Fault("RabbitMQ, kill -9", _rabbitmq_restarted),
    "postgres_restarted": Fault("PostgreSQL, stopped in immediate mode", _postgres_restarted),
    "connections_cut": Fault("all clients' connections, six times", _connections_cut),
    "rolling_restart": Fault("rolling restart of all six processes", _rolling_restart),
    "everything": Fault("everything at once, kill -9", _everything),
}
QUICK = ("worker_killed", "api_killed", "redis_restarted", "everything")
