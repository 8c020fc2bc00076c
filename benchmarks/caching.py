"""Caches: how often what is asked for is there, and what it costs when it is not.

The second question decides whether a second level in Redis would be worth having (ADR 10): the same value is read
from PostgreSQL as the code does it, and from a Redis beside it, one after the other in the same run.
"""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import httpx2
import msgspec

from benchmarks.load import spread
from benchmarks.processes import free_port
from benchmarks.row import MICRO, Row
from benchmarks.stage import AGENT, Stage, prompt
from medea.apps.bootstrap import open_installation
from medea.kernel.cache.memory import MemoryCaches
from medea.kernel.context import Ports
from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.ids import TenantId
from medea.kernel.redis.server import RedisServer
from medea.kernel.settings import Settings
from medea.modules.agents import live

Ask = Callable[[], Awaitable[object]]


def caches(stage: Stage, *, is_quick: bool) -> Iterator[Row]:
    """Hit rates while turns run, and what a miss costs."""
    clients, number = (16, 10) if is_quick else (32, 30)
    stage.restart()  # with nothing in memory
    for credential in (stage.key, stage.visitor):
        stage.ask_medea([[prompt(1, 0)] * number] * clients, credential=credential, is_each_new=True)
    told = _told(stage)
    names = sorted({name for _, name in told})
    rates = []
    for name in names:
        hits, misses = told["hits", name], told["misses", name]
        if hits + misses:
            rates.append(f"{name} {hits / (hits + misses):.1%} of {hits + misses:.0f}, {told['loads', name]:.0f} read")
    yield Row(f"cache hits, {2 * clients * number} turns in new conversations after a start", "", "; ".join(rates))
    yield asyncio.run(_miss(stage, 200 if is_quick else 2000))


def _told(stage: Stage) -> dict[tuple[str, str], float]:
    page = httpx2.get(f"http://127.0.0.1:{stage.medea.port}/metrics").text
    found: dict[tuple[str, str], float] = {}
    for line in page.splitlines():
        for what in ("hits", "misses", "loads"):
            start = f'medea_cache_{what}_total{{cache="'
            if line.startswith(start):
                name, _, value = line.removeprefix(start).partition('"} ')
                found[what, name] = float(value)
    return found


async def _miss(stage: Stage, number: int) -> Row:
    address = EmbeddedPostgres(stage.folder / "data").running()
    if address is None:
        raise RuntimeError("PostgreSQL does not run")
    settings = Settings(_env_file=None, data_dir=stage.folder / "data", openrouter_api_key=None)
    installation = await open_installation(settings, address.url("medea"))
    try:
        return await _compare(installation.ports, number)
    finally:
        await installation.close()


async def _compare(ports: Ports, number: int) -> Row:
    assert isinstance(ports.caches, MemoryCaches)
    kept = ports.caches
    tenant = TenantId((await live.find_public(ports, AGENT))[0]["tenant_id"])

    async def from_postgresql() -> object:
        kept.clear()
        return await live.get_live_agent(ports, tenant, AGENT)

    async def from_memory() -> object:
        return await live.get_live_agent(ports, tenant, AGENT)

    away = await _timed(from_postgresql, number)
    here = await _timed(from_memory, number)
    figure = f"PostgreSQL p50 {away['p50']:.0f} us, p99 {away['p99']:.0f} us; there: {here['p50']:.1f} us"
    with _redis() as url:
        if url is None:
            return Row("a published agent that is in no cache", "", figure, "no redis-server here")
        server = await RedisServer.connect(url, "bench:")
        agent = await live.get_live_agent(ports, tenant, AGENT)
        await server.wire.ask("SET", "bench:agent", msgspec.json.encode(agent, enc_hook=str))

        async def from_redis() -> object:
            return msgspec.json.decode(await server.wire.ask("GET", "bench:agent"))

        redis = await _timed(from_redis, number)
        await server.close()
    return Row(
        "a published agent that is in no cache",
        "",
        figure,
        f"Redis GET p50 {redis['p50']:.0f} us, p99 {redis['p99']:.0f} us",
        f"{away['p50'] / redis['p50']:.1f}",
    )


async def _timed(ask: Ask, number: int) -> dict[str, float]:
    for _ in range(20):
        await ask()
    taken = []
    for _ in range(number):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return {name: value * MICRO for name, value in spread(taken).items()}


@contextmanager
def _redis() -> Iterator[str | None]:
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            time.sleep(0.5)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
