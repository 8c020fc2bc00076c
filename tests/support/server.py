"""A real `medea up` in a process of its own, to be killed at will."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

from httpx2 import AsyncClient, HTTPError

START_SECONDS = 180.0  # on a machine that others use, too


def free_port() -> int:
    """Return a port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One installation on disk and the process that serves it.

    Args:
        folder: its data.
        environment: settings besides port and folder.
    """

    command = "up"

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.folder = folder
        self._environment = environment
        self._process: Process | None = None
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
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEDEA_", "OPENROUTER"))}
        settings = {"MEDEA_PORT": str(self.port), "MEDEA_DATA_DIR": str(self.folder), "MEDEA_LOG_LEVEL": "warning"}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "medea.apps.cli",
            self.command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**kept, **settings, **self._environment},
        )
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
        status = await self._process.wait()
        if self._reader is not None:
            await self._reader
        return status

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.output.append(line.decode(errors="replace"))


async def _answers(client: AsyncClient) -> bool:
    try:
        return (await client.get("/readyz", timeout=2)).status_code == 200
    except HTTPError:
        return False


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
