"""A part of a real Redis for one test: keys under a prefix of its own, deleted afterwards."""

import asyncio
import os
import shutil
import signal
import socket
import uuid
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from typing import NoReturn
from urllib.parse import urlsplit

import pytest

from medea.kernel.redis.server import RedisServer
from tests.support.server import free_port

URL = os.environ.get("MEDEA_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def missing(why: str) -> NoReturn:
    """Skip a test for want of a server, or fail it where services are required."""
    if os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(why)
    pytest.skip(why)


def is_open(host: str, port: int) -> bool:
    """Say whether somebody listens."""
    with socket.socket() as knock:
        knock.settimeout(1)
        return knock.connect_ex((host, port)) == 0


def redis_url() -> str:
    """Return where the tests' Redis is."""
    address = urlsplit(URL)
    if not is_open(address.hostname or "127.0.0.1", address.port or 6379):
        shown = URL.rpartition("@")[2]
        missing(f"no Redis answers at {shown}: start redis-server, or name one with MEDEA_TEST_REDIS_URL")
    return URL


@pytest.fixture
async def redis_server() -> AsyncIterator[RedisServer]:
    """A connection to the tests' Redis, with a prefix that nobody else has."""
    server = await RedisServer.connect(redis_url(), f"medea-test-{uuid.uuid4().hex}:")
    yield server
    await delete_all(server)
    await server.close()


async def delete_all(server: RedisServer) -> None:
    """Delete every key of ours, as a Redis does that loses its memory."""
    if names := await names_in(server):
        await server.wire.ask("DEL", *names)


async def names_in(server: RedisServer, *parts: str) -> list[bytes]:
    """Return the names of all our keys, or of those that begin with these parts."""
    names: set[bytes] = set()
    cursor = b"0"
    while True:
        cursor, found = await server.wire.ask("SCAN", cursor, "MATCH", f"{server.key(*parts)}*", "COUNT", 1000)
        names.update(found)
        if cursor == b"0":
            return list(names)


class OwnRedis:
    """A Redis of a test's own, to be killed at will. It keeps nothing on disk: killed, it has lost its memory."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._port = free_port()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self._port}/0"

    async def start(self) -> None:
        """Start it and wait until it answers."""
        settings = {"port": str(self._port), "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        arguments = [text for name, value in settings.items() for text in (f"--{name}", value)]
        self._process = await asyncio.create_subprocess_exec(
            self._program, *arguments, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
        async with asyncio.timeout(60):
            while not is_open("127.0.0.1", self._port):  # noqa: ASYNC110 - another process's doing
                await asyncio.sleep(0.02)

    def hang(self) -> None:
        """Let it take connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End the hanging."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture
async def own_redis() -> AsyncIterator[OwnRedis]:
    """A running Redis that this test alone uses."""
    program = shutil.which("redis-server")
    if program is None:
        missing("redis-server is not installed here")
    server = OwnRedis(program)
    await server.start()
    yield server
    await server.kill()
