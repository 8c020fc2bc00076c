"""A real `medea up` in a process of its own, to be killed at will."""

import asyncio
import contextlib
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from httpx2 import AsyncClient, HTTPError

from tests.support.commands import Running, call
from tests.support.postgres import FOLDER, template_name

START_SECONDS = 180.0  # on a machine that others use, too
_PORTS = range(15_000, 32_000)  # below those that systems choose for connections, which nobody asks first
_given: set[int] = set()


def free_port() -> int:
    """Return a port that nobody uses, and that this process does not return again."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        if port in _given:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port


def furnish(folder: Path) -> None:
    """Make a data folder with an empty database of this schema: a copy of one that `medea db migrate` made."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "migrated.lock").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        made, unfinished = FOLDER / f"migrated_{template_name()}", FOLDER / "migrated_unfinished"
        if not made.exists():
            for left in FOLDER.glob("migrated_*"):
                shutil.rmtree(left)
            env = {**surroundings(), "MEDEA_DATA_DIR": str(unfinished)}
            done = call(["db", "migrate"], cwd=FOLDER, env=env, said="")
            assert done.returncode == 0, done.stdout + done.stderr
            unfinished.rename(made)
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", str(made), str(folder)], check=True)


def surroundings() -> dict[str, str]:
    """Return the environment without what is Medea's."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MEDEA_", "OPENROUTER"))}


class Server:
    """One installation on disk and the process that serves it.

    Args:
        folder: its data.
        environment: settings besides port and folder.
    """

    command = "up"
    is_furnished = True  # when it starts for the first time, its database is there already, and empty

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.folder = folder
        self._environment = environment
        self._process: Running | None = None
        self.output: list[str] = []
        self._earlier = 0  # lines that an earlier process wrote
        self._reader: asyncio.Task[None] | None = None

    @property
    def origin(self) -> str:
        """Where the dashboard and the API are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def widget_origin(self) -> str:
        """Where the widget is."""
        return f"http://localhost:{self.port}"

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        if self.is_furnished and "MEDEA_DATABASE__URL" not in self._environment and not self.folder.exists():
            await asyncio.to_thread(furnish, self.folder)
        settings = {"MEDEA_PORT": str(self.port), "MEDEA_DATA_DIR": str(self.folder), "MEDEA_LOG_LEVEL": "warning"}
        self._process = await Running.start([self.command], {**surroundings(), **settings, **self._environment})
        self._earlier = len(self.output)
        self._reader = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(START_SECONDS), AsyncClient(base_url=self.origin) as client:
                while not await self._is_up(client):
                    assert self._process.returncode is None, "".join(self.output)
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError("the server did not start:\n" + "".join(self.output)) from None

    async def _is_up(self, client: AsyncClient) -> bool:
        return await _answers(client)

    async def kill(self) -> None:
        """End the process as a power cut would (`kill -9`)."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End it as Ctrl-C does, and return its exit status."""
        return await self._end(signal.SIGINT)

    async def terminate(self) -> int:
        """End it as whoever runs many processes does (SIGTERM), and return its exit status."""
        return await self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Let the process hang (SIGSTOP): its connections stay open, nothing of it moves."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had been (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(which)

    def hang(self) -> None:
        """Let it stand still, with all its connections open (SIGSTOP)."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End the hanging; it does not know that it hung."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(how)
            self._process.send_signal(signal.SIGCONT)  # what stands still heeds no signal but SIGKILL
        status = await self._process.wait()
        if self._reader is not None:
            await self._reader
        return status

    async def _read(self) -> None:
        assert self._process is not None
        async for line in self._process.lines():
            self.output.append(line)


async def _answers(client: AsyncClient) -> bool:
    try:
        return (await client.get("/readyz", timeout=2)).status_code == 200
    except HTTPError:
        return False


class NewServer(Server):
    """One that finds nothing when it starts for the first time."""

    is_furnished = False


class ApiProcess(Server):
    """`medea api`."""

    command = "api"


class WorkerProcess(Server):
    """`medea worker`, which answers nobody and says when it is ready."""

    command = "worker"

    async def _is_up(self, client: AsyncClient) -> bool:
        return any("waits for jobs" in line for line in self.output[self._earlier :])


class RelayProcess(Server):
    """`medea relay`, likewise."""

    command = "relay"

    async def _is_up(self, client: AsyncClient) -> bool:
        return any("that nobody announced" in line for line in self.output[self._earlier :])


@contextlib.asynccontextmanager
async def serving(folder: Path, **environment: str) -> AsyncIterator[Server]:
    """Run a server for the time of a block."""
    server = Server(folder, **environment)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
