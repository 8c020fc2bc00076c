"""A connection to the broker that is made again whenever it is lost."""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Awaitable, Callable

import aio_pika
import structlog
from aio_pika.abc import AbstractConnection
from aiormq.exceptions import AMQPError, ChannelPreconditionFailed, ProbableAuthenticationError
from yarl import URL

from medea.kernel.spreading import spread

DIAL_SECONDS = 10.0
_HEARTBEAT_SECONDS = "10"  # a server that vanished without a word is noticed after three of them
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0  # seconds between attempts to connect
_STEADY_SECONDS = 5.0  # a connection that held so long ends the back-off

_log = structlog.get_logger()
for _name in ("aiormq", "aio_pika"):  # they log what they also raise, and what is told here in our own words
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class BrokerUnusable(Exception):
    """The broker cannot be used at the start; the message is one sentence for the operator."""


SetUp = Callable[[AbstractConnection, Callable[[], None]], Awaitable[None]]


class Link:
    """Keeps one connection.

    aio-pika's own robust connection waits a fixed time between attempts and lets publishers wait for it;
    here the pause grows, and whoever publishes knows at once that the broker is away.

    Args:
        url: `amqp://user:password@host:port/vhost`.
        name: shown by the broker's management.
        set_up: opens channels on a new connection; gets a function to be called when one of them closes.
        on_down: called when the connection was lost.
    """

    def __init__(self, url: str, name: str, set_up: SetUp, on_down: Callable[[], None]) -> None:
        self._url = url
        self._name = name
        self._set_up = set_up
        self._on_down = on_down
        self._lost = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self.is_up = False

    async def open(self) -> None:
        """Connect now and keep connected.

        Raises:
            BrokerUnusable: the first connection fails.
        """
        try:
            connection = await self._dial()
        except (AMQPError, OSError, ValueError, TimeoutError) as error:
            raise BrokerUnusable(_sentence(error)) from error
        self._keeping = asyncio.create_task(self._keep(connection), name=f"bus-link-{self._name}")

    def start(self) -> None:
        """Connect as soon as the broker lets us, and keep connected."""
        self._keeping = asyncio.create_task(self._keep(None), name=f"bus-link-{self._name}")

    async def close(self) -> None:
        """Hang up; what was not acknowledged goes back to its queue."""
        keeping, self._keeping = self._keeping, None
        while keeping is not None and not keeping.done():
            keeping.cancel()  # aiormq may make another exception of it
            await asyncio.wait({keeping}, timeout=1)

    async def _dial(self) -> AbstractConnection:
        url = URL(self._url)
        if url.scheme not in {"amqp", "amqps"}:
            raise ValueError("it begins with neither amqp:// nor amqps://")
        if "heartbeat" not in url.query:
            url = url.update_query(heartbeat=_HEARTBEAT_SECONDS)
        lost = asyncio.Event()
        async with asyncio.timeout(DIAL_SECONDS):
            connection = await aio_pika.connect(url, client_properties={"connection_name": self._name})
            try:
                connection.close_callbacks.add(lambda *_: lost.set())
                await self._set_up(connection, lost.set)
            except BaseException:
                await _hang_up(connection)
                raise
        self._lost = lost
        self.is_up = True
        return connection

    async def _keep(self, connection: AbstractConnection | None) -> None:
        pause = _FIRST_PAUSE
        try:
            while not is_cancelled():
                if connection is None:
                    connection = await self._try_to_dial()
                if connection is not None:
                    began = time.monotonic()
                    await self._lost.wait()
                    _log.warning("bus.broker_lost", link=self._name)
                    self.is_up = False
                    self._on_down()
                    await _hang_up(connection)
                    connection = None
                    if time.monotonic() - began > _STEADY_SECONDS:
                        pause = _FIRST_PAUSE
                await asyncio.sleep(spread(pause))
                pause = min(_LONGEST_PAUSE, pause * 2)
        finally:
            self.is_up = False
            if connection is not None:
                await _hang_up(connection)

    async def _try_to_dial(self) -> AbstractConnection | None:
        try:
            connection = await self._dial()
        except (Exception, asyncio.CancelledError) as error:  # whatever it is, the next attempt may go well
            if is_cancelled():
                raise
            _log.warning("bus.broker_away", link=self._name, error=repr(error))
            return None
        _log.info("bus.broker_found", link=self._name)
        return connection


def is_cancelled() -> bool:
    """Tell a task that was told to stop from one that waits for a lost connection: aiormq cancels both."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _hang_up(connection: AbstractConnection) -> None:
    with contextlib.suppress(Exception):
        async with asyncio.timeout(2):
            await connection.close()


def _sentence(error: Exception) -> str:
    mend = "start it, or correct the address"
    if isinstance(error, ProbableAuthenticationError):
        why, mend = "it refuses the user or the password", "correct them in the address, or let that user in there"
    elif "Connection.Close" in str(error):  # all that aiormq tells of a virtual host that is not to be had
        why = "it has no such virtual host, or the user may not enter it"
        mend = "make it with `rabbitmqctl add_vhost` and `set_permissions`, or correct the end of the address"
    elif isinstance(error, TimeoutError):
        why = f"no answer within {DIAL_SECONDS:g} seconds"
    elif isinstance(error, ChannelPreconditionFailed):
        why = "it has other queues or exchanges of our names"
        mend = "delete those, or choose other names with MEDEA_RABBITMQ__PREFIX"
    else:
        why = re.sub(r"^\[Errno -?\d+\] ", "", " ".join(str(error).split())).rstrip(".") or type(error).__name__
    return f"The RabbitMQ of MEDEA_RABBITMQ__URL cannot be used: {why}; {mend}."
