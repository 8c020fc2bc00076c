"""Signals over LISTEN and NOTIFY: one connection per process, remade when it dies."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from medea.kernel.signals.base import Callback, SignalsDown, Unsubscribe
from medea.kernel.signals.local import LocalSubscribers, check_signal
from medea.kernel.spreading import spread

CHANNEL = "medea_signals"
PING_SECONDS = 15.0  # a connection that died without a word is noticed after this
SEND_SECONDS = 5.0
_STATEMENT_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds between attempts to connect
_BATCH = 200

_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Outgoing:
    text: str
    sent: asyncio.Future[None]


class PostgresSignals:
    """Signals between all processes that use one database. See `Signals`.

    Not in the transaction of a use case: NOTIFY there would make all commits wait for one lock.

    Args:
        url: where to connect; the role needs no rights.
        send_seconds: how long a publisher waits for a lost connection to come back.
    """

    def __init__(self, url: str, *, send_seconds: float = SEND_SECONDS) -> None:
        self._url = url
        self._send_seconds = send_seconds
        self._me = uuid4().hex
        self._subscribers = LocalSubscribers()
        self._outgoing: list[_Outgoing] = []
        self._something = asyncio.Event()
        self._connected = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect and keep connected.

        Raises:
            OSError, asyncpg.PostgresError: the first connection fails.
        """
        connection = await self._connect()
        self._running = asyncio.create_task(self._run(connection), name="signals")

    async def publish(self, topic: str, payload: str) -> None:
        """Tell every subscriber in every process."""
        check_signal(topic, payload)
        self._subscribers.deliver(topic, payload)
        outgoing = _Outgoing(f"{self._me}\n{topic}\n{payload}", asyncio.get_running_loop().create_future())
        self._outgoing.append(outgoing)
        self._something.set()
        try:
            async with asyncio.timeout(self._send_seconds):
                await outgoing.sent
        except TimeoutError:
            raise SignalsDown() from None
        finally:
            if outgoing in self._outgoing:
                self._outgoing.remove(outgoing)

    def subscribe(self, topic: str, callback: Callback, *, on_gap: Callable[[], None] | None = None) -> Unsubscribe:
        """Be told."""
        return self._subscribers.add(topic, callback, on_gap)

    async def close(self) -> None:
        """Send what waits if the connection is up, then hang up."""
        if self._running is None:
            return
        if self._outgoing and self._connected.is_set():
            await asyncio.wait([outgoing.sent for outgoing in self._outgoing], timeout=1)
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running
        self._running = None
        self._subscribers.clear()

    @property
    def is_connected(self) -> bool:
        """Whether other processes can be heard."""
        return self._connected.is_set()

    async def _connect(self) -> Any:
        connection = await asyncpg.connect(
            self._url, timeout=10, server_settings={"application_name": "medea-signals", "jit": "off"}
        )
        try:
            await connection.add_listener(CHANNEL, self._received)
        except BaseException:
            connection.terminate()
            raise
        self._connected.set()
        return connection

    async def _run(self, connection: Any) -> None:
        try:
            while True:
                try:
                    await self._serve(connection)
                except Exception as error:  # noqa: BLE001 - a driver cut off in mid-call raises anything; this must go on
                    _log.warning("signals.connection_lost", error=repr(error))
                self._connected.clear()
                connection.terminate()
                connection = await self._reconnect()
                self._subscribers.report_gap()
        finally:
            self._connected.clear()
            connection.terminate()

    async def _reconnect(self) -> Any:
        pause = _FIRST_PAUSE
        while True:
            try:
                connection = await self._connect()
            except Exception:  # noqa: BLE001 - see above
                await asyncio.sleep(spread(pause))
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                _log.info("signals.connected_again")
                return connection

    async def _serve(self, connection: Any) -> None:
        """Send what comes; return or raise when the connection is gone."""
        connection.add_termination_listener(lambda _: self._something.set())
        self._something.set()  # what the lost connection did not send waits without a signal of its own
        while not connection.is_closed():
            try:
                async with asyncio.timeout(PING_SECONDS):
                    await self._something.wait()
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=_STATEMENT_SECONDS)
                continue
            self._something.clear()
            while self._outgoing and not connection.is_closed():
                batch = self._outgoing[:_BATCH]
                texts = [outgoing.text for outgoing in batch]
                await connection.execute(
                    "SELECT pg_notify($1, text) FROM unnest($2::text[]) AS text",
                    CHANNEL,
                    texts,
                    timeout=_STATEMENT_SECONDS,
                )
                for outgoing in batch:
                    if not outgoing.sent.done():
                        outgoing.sent.set_result(None)
                self._outgoing = [outgoing for outgoing in self._outgoing if not outgoing.sent.done()]

    def _received(self, _connection: object, _pid: int, _channel: str, text: object) -> None:
        sender, _, rest = str(text).partition("\n")
        if sender != self._me:
            topic, _, payload = rest.partition("\n")
            self._subscribers.deliver(topic, payload)
