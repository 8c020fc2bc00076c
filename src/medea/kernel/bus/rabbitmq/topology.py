"""Exchanges and queues: one quorum queue per queue of the bus, so that a chat turn waits behind no other work."""

from dataclasses import dataclass

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue

from medea.kernel.bus.task import QUEUES, Queue

DELIVERY_LIMIT = 20  # a worker that stops or dies gives its messages back, which counts
_DEAD_MOST = 10_000  # messages, not jobs: those are rows


@dataclass(frozen=True, slots=True)
class Topology:
    """Names, and how what they name is declared.

    Attributes:
        prefix: of all names; an installation that shares a virtual host with another needs its own.
        delivery_limit: deliveries after the first before a message goes to the dead letters.
    """

    prefix: str
    delivery_limit: int = DELIVERY_LIMIT

    @property
    def exchange(self) -> str:
        """Where messages are published, with the queue of the bus as the routing key."""
        return f"{self.prefix}.jobs"

    @property
    def dead(self) -> str:
        """Exchange and queue of the dead letters."""
        return f"{self.prefix}.dead"

    def queue(self, queue: Queue) -> str:
        """Return the broker's name of a queue."""
        return f"{self.prefix}.jobs.{queue}"

    @property
    def queues(self) -> tuple[str, ...]:
        """Names of all queues at the broker."""
        return (*(self.queue(queue) for queue in QUEUES), self.dead)

    async def declare(self, channel: AbstractChannel) -> AbstractExchange:
        """Make what is not there yet.

        Returns:
            The exchange to publish to.

        Raises:
            aiormq.ChannelPreconditionFailed: something of that name is there with other arguments.
        """
        dead = await channel.declare_exchange(self.dead, ExchangeType.FANOUT, durable=True)
        grave = await channel.declare_queue(
            self.dead, durable=True, arguments={"x-queue-type": "quorum", "x-max-length": _DEAD_MOST}
        )
        await grave.bind(dead)
        exchange = await channel.declare_exchange(self.exchange, ExchangeType.DIRECT, durable=True)
        for queue in QUEUES:
            await (await self.declare_queue(channel, queue)).bind(exchange, queue)
        return exchange

    async def declare_queue(self, channel: AbstractChannel, queue: Queue) -> AbstractQueue:
        """Make one queue; `x-overflow` is what at-least-once dead-lettering demands."""
        return await channel.declare_queue(
            self.queue(queue),
            durable=True,
            arguments={
                "x-queue-type": "quorum",
                "x-delivery-limit": self.delivery_limit,
                "x-dead-letter-exchange": self.dead,
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            },
        )
