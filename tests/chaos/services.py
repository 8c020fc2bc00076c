"""PostgreSQL, Redis and RabbitMQ of this suite's own, to be killed at will, without Medea knowing."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

from medea.kernel.db.embedded import EmbeddedPostgres
from medea.kernel.db.migrate import migrate
from tests.support.redis import OwnRedis, is_open
from tests.support.server import free_port
from tools.services import find_program, rabbitmq_command, stop_names

_START_SECONDS = 90.0


class OwnPostgres:
    """A PostgreSQL with `fsync` on: what it has said that it has, it must have after a crash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = EmbeddedPostgres(folder, tuning={"max_connections": "250", "cluster_name": "medea-chaos"})
        self.url = ""

    async def start(self) -> None:
        """Start it, with an up-to-date schema."""
        self._folder.mkdir(parents=True, exist_ok=True)
        address = await self._server.start()
        self.url = address.url()
        await migrate(self.url)

    async def crash(self) -> None:
        """Stop it in immediate mode: every connection is cut and nothing is written any more."""
        pid = int((self._folder / "postgres/postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        while _is_alive(pid):  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(0.02)

    async def revive(self) -> None:
        """Start it again; it recovers from its log."""
        await self._server.revive()

    async def stop(self) -> None:
        """Stop it for good."""
        await self._server.stop()


class OwnRabbit:
    """A RabbitMQ whose queues are on disk."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._names = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        program = find_program("rabbitmq-server")
        assert program is not None, "rabbitmq-server is not installed here"
        self._command, own = rabbitmq_command(program, self._port, folder, self._names, free_port())
        self._environment = {**os.environ, **own}
        self._log = folder / "output"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}/"

    async def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = self._spawn()
        async with asyncio.timeout(_START_SECONDS):
            while not is_open("127.0.0.1", self._port):
                assert self._process.poll() is None, self._log.read_text()[-2000:]
                await asyncio.sleep(0.1)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """End it as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            await asyncio.to_thread(process.wait)

    async def stop(self) -> None:
        """End it for good, with Erlang's name server."""
        await self.kill()
        stop_names(self._names)


class Services:
    """All three."""

    def __init__(self, folder: Path) -> None:
        redis = find_program("redis-server")
        assert redis is not None, "redis-server is not installed here"
        self.postgres = OwnPostgres(folder / "postgres")
        self.redis = OwnRedis(redis)
        self.rabbit = OwnRabbit(folder / "rabbitmq")

    async def start(self) -> None:
        """Start them."""
        await asyncio.gather(self.postgres.start(), self.redis.start(), self.rabbit.start())

    async def stop(self) -> None:
        """Stop them."""
        await asyncio.gather(self.redis.kill(), self.rabbit.stop(), self.postgres.stop())


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] != "Z"  # a zombie until the next start looks after it
