"""The side of the outbox: publishes word of jobs right after the commit."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aiormq.exceptions import AMQPError, ChannelInvalidStateError

from medea.kernel.bus.driver import LocalWorker, Notice, Slot
from medea.kernel.bus.rabbitmq.feed import RabbitFeed
from medea.kernel.bus.rabbitmq.link import Link, is_cancelled
from medea.kernel.bus.rabbitmq.topology import Topology
from medea.kernel.bus.task import QUEUES, Job, Queue
from medea.kernel.ids import TenantId
from medea.kernel.telemetry import tracing
from medea.kernel.text import json_text

CONFIRM_SECONDS = 5.0
_SENDERS = 4  # while one waits for its confirms, what comes up meanwhile does not
_BATCH = 100

_log = structlog.get_logger()


class RabbitDriver:
    """Tells one worker of each job that was written. See `Driver`.

    Args:
        url: `amqp://user:password@host:port/vhost`.
        topology: names at the broker.
        name: of this process, shown by the broker's management.
    """

    def __init__(self, url: str, topology: Topology, *, name: str = "medea") -> None:
        self._url = url
        self._topology = topology
        self._name = name
        self._link = Link(url, f"{name} publishes", self._set_up, self._on_down)
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self._outgoing: list[Notice] = []
        self._senders: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connect and declare.

        Raises:
            BrokerUnusable: the broker is not there, refuses us or has other queues of these names.
        """
        await self._link.open()

    @property
    def is_up(self) -> bool:
        """Whether the broker is there."""
        return self._link.is_up

    def attach(self, worker: LocalWorker | None) -> None:
        """Do nothing: all jobs go by the broker, which knows who has a free place."""

    def feed(self, limits: Mapping[Queue, int]) -> RabbitFeed:
        """Make the feed of a worker with so many places per queue; it has a connection of its own."""
        return RabbitFeed(self._url, self._topology, limits, name=f"{self._name} works")

    def reserve(self, queue: Queue, tenant_id: TenantId) -> Slot | None:
        """Keep no place."""
        return None

    def release(self, slot: Slot) -> None:
        """Do nothing."""

    def dispatch(self, jobs: Sequence[tuple[Job, Slot | None]]) -> None:
        """Announce what is due; the relay announces the rest in time."""
        now = datetime.now(UTC)
        self.announce([Notice.of(job) for job, _ in jobs if job.run_at is None or job.run_at <= now])

    def announce(self, notices: Sequence[Notice]) -> None:
        """Publish in the background; what cannot be published the relay announces later."""
        if not self._link.is_up:
            return
        self._outgoing.extend(notices)
        if self._outgoing and len(self._senders) < _SENDERS:
            sender = asyncio.create_task(self._send(), name="bus-publish")
            self._senders.add(sender)
            sender.add_done_callback(self._senders.discard)

    async def ready(self) -> dict[Queue, int]:
        """Return how many messages wait in each queue for a worker with a free place.

        Raises:
            ConnectionError: the broker is away.
        """
        channel = self._channel
        if channel is None:
            raise ConnectionError("the broker is away")
        found: dict[Queue, int] = {}
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                for queue in QUEUES:
                    declared = await channel.declare_queue(self._topology.queue(queue), passive=True)
                    found[queue] = declared.declaration_result.message_count or 0
        except (AMQPError, ChannelInvalidStateError, TimeoutError) as error:
            raise ConnectionError(repr(error)) from error
        except asyncio.CancelledError as error:  # what aiormq makes of a lost connection
            if is_cancelled():
                raise
            raise ConnectionError("the connection was lost") from error
        return found

    async def close(self) -> None:
        """Let what is being published go out, then hang up."""
        if self._senders:
            await asyncio.wait(tuple(self._senders), timeout=CONFIRM_SECONDS)
        await self._link.close()

    async def _send(self) -> None:
        while self._outgoing:
            batch, self._outgoing = self._outgoing[:_BATCH], self._outgoing[_BATCH:]
            results = await asyncio.gather(*map(self._publish, batch), return_exceptions=True)
            if failed := [result for result in results if result is not None]:
                # nothing is lost: the rows wait, and the relay announces them
                _log.warning("bus.publish_failed", number=len(failed), error=repr(failed[0]))

    async def _publish(self, notice: Notice) -> None:
        if self._exchange is None:
            raise ConnectionError("the broker is away")
        message = Message(
            json_text(notice).encode(),
            message_id=str(notice.id),
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
            headers={} if notice.trace is None else {"traceparent": notice.trace},
        )
        names = {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "send",
            "messaging.destination.name": self._topology.exchange,
            "messaging.rabbitmq.destination.routing_key": notice.queue,
            "messaging.message.id": str(notice.id),
        }
        with tracing.entry(f"send {notice.queue}", names, kind="producer", parent=tracing.parse(notice.trace)):
            await self._exchange.publish(message, notice.queue, timeout=CONFIRM_SECONDS)

    async def _set_up(self, connection: AbstractConnection, on_lost: Callable[[], None]) -> None:
        # without `on_return_raises` a message that reaches no queue would count as confirmed
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        channel.close_callbacks.add(lambda *_: on_lost())
        self._exchange = await self._topology.declare(channel)
        self._channel = channel

    def _on_down(self) -> None:
        self._channel = self._exchange = None
        self._outgoing.clear()
