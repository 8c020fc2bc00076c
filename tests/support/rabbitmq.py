"""A part of a real RabbitMQ for one test: names under a prefix of its own, deleted afterwards."""

import asyncio
import contextlib
import os
import socket
import uuid
from collections.abc import AsyncIterator

import aio_pika
import pytest
from yarl import URL

from medea.kernel.bus.rabbitmq.topology import Topology

ADDRESS = os.environ.get("MEDEA_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672/")


def rabbitmq_url() -> URL:
    """Return where the tests' RabbitMQ is; without one the test is skipped, or fails where services are required."""
    url = URL(ADDRESS)
    with socket.socket() as knock:
        knock.settimeout(1)
        if knock.connect_ex((url.host or "127.0.0.1", url.port or 5672)) == 0:
            return url
    why = (
        f"no RabbitMQ answers at {url.host}:{url.port}: start rabbitmq-server, or name one with MEDEA_TEST_RABBITMQ_URL"
    )
    if os.environ.get("MEDEA_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(why)
    pytest.skip(why)


@contextlib.asynccontextmanager
async def own_topology(delivery_limit: int = 20) -> AsyncIterator[Topology]:
    """Names that nobody else has; what was declared under them is deleted."""
    topology = Topology(f"medea-test-{uuid.uuid4().hex}", delivery_limit)
    yield topology
    connection = await aio_pika.connect(rabbitmq_url())
    async with connection:
        channel = await connection.channel()
        for queue in topology.queues:
            await channel.queue_delete(queue)
        for exchange in (topology.exchange, topology.dead):
            await channel.exchange_delete(exchange)


class Wire:
    """A way to the broker that can be cut and mended."""

    def __init__(self, broker: URL) -> None:
        self._broker = broker
        self._server: asyncio.Server | None = None
        self._port = 0
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Where clients connect."""
        return str(self._broker.with_host("127.0.0.1").with_port(self._port))

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._writers) // 2

    async def mend(self) -> None:
        """Let clients through."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self, *, for_good: bool = True) -> None:
        """Drop every connection; accept no new one, unless it is only for once."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        if server is not None:
            await server.wait_closed()
        if not for_good:
            await self.mend()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._broker.host, self._broker.port or 5672)
        self._writers |= {writer, back}
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            self._writers -= {writer, back}


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.transport.abort()


@contextlib.asynccontextmanager
async def wire_to_broker() -> AsyncIterator[Wire]:
    """A mended wire."""
    wire = Wire(rabbitmq_url())
    await wire.mend()
    yield wire
    await wire.cut()
