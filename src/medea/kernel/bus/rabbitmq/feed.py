"""The side of a worker: messages are kept unacknowledged while their places are taken."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from medea.kernel.bus.codec import decode_as
from medea.kernel.bus.driver import Notice
from medea.kernel.bus.rabbitmq.link import Link
from medea.kernel.bus.rabbitmq.topology import Topology
from medea.kernel.bus.task import QUEUES, Job, Queue

_MOST_UNACKNOWLEDGED = 65_535  # what the protocol can say

_log = structlog.get_logger()


class RabbitFeed:
    """Invitations to claim, no more than there are places. See `Feed`.

    Args:
        url: `amqp://user:password@host:port/vhost`.
        topology: names at the broker.
        limits: places per queue; a queue left out is not consumed.
        name: shown by the broker's management.
    """

    def __init__(self, url: str, topology: Topology, limits: Mapping[Queue, int], *, name: str) -> None:
        self._topology = topology
        self._limits = {queue: limits[queue] for queue in QUEUES if limits.get(queue, 0) > 0}
        self._link = Link(url, name, self._set_up, self._on_down)
        self._waiting: dict[Queue, deque[AbstractIncomingMessage]] = {queue: deque() for queue in QUEUES}
        self._asked: dict[Queue, int] = {}  # messages that were there when the claim under way began
        self._held: dict[UUID, AbstractIncomingMessage] = {}
        self._acknowledging: set[asyncio.Task[None]] = set()
        self._on_news: Callable[[Collection[Queue]], None] = lambda queues: None
        self._on_gap: Callable[[], None] = lambda: None

    @property
    def is_enough(self) -> bool:
        """Whether the broker is there."""
        return self._link.is_up

    def open(self, on_news: Callable[[Collection[Queue]], None], on_gap: Callable[[], None]) -> None:
        """Begin to consume as soon as the broker lets us."""
        self._on_news, self._on_gap = on_news, on_gap
        self._link.start()

    def share(self, free: Mapping[Queue, int]) -> Mapping[Queue, int]:
        """Return as many places as there are messages; all of them while the broker is away."""
        self._asked = {queue: len(waiting) for queue, waiting in self._waiting.items()}
        if not self._link.is_up:
            return free
        return {queue: min(number, self._asked[queue]) for queue, number in free.items() if self._asked[queue]}

    def claimed(self, asked: Mapping[Queue, int], jobs: Sequence[Job]) -> None:
        """Let a message go with each job; where nothing more waits, the others were about jobs that are gone."""
        asked_with, self._asked = self._asked, {}
        found = dict.fromkeys(asked, 0)
        for job in jobs:
            found[job.queue] += 1
            if self._waiting[job.queue]:
                self.ended(job)  # of an attempt whose lease was lost
                self._held[job.id] = self._waiting[job.queue].popleft()
        for queue, number in asked.items():
            if found[queue] < number:
                for _ in range(min(asked_with.get(queue, 0) - found[queue], len(self._waiting[queue]))):
                    self._acknowledge(self._waiting[queue].popleft())

    def ended(self, job: Job) -> None:
        """Acknowledge the message that went with a job: the broker may send the next one."""
        if (message := self._held.pop(job.id, None)) is not None:
            self._acknowledge(message)

    async def close(self) -> None:
        """Consume no more; what was not acknowledged goes to other workers, who find nothing to claim."""
        if self._acknowledging:
            await asyncio.wait(tuple(self._acknowledging), timeout=1)
        await self._link.close()
        self._forget()

    def _acknowledge(self, message: AbstractIncomingMessage) -> None:
        task = asyncio.create_task(_settle(message.ack()))
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledging.discard)

    async def _set_up(self, connection: AbstractConnection, on_lost: Callable[[], None]) -> None:
        for queue, limit in self._limits.items():
            channel = await connection.channel()
            channel.close_callbacks.add(lambda *_: on_lost())
            await channel.set_qos(prefetch_count=min(limit, _MOST_UNACKNOWLEDGED))
            declared = await self._topology.declare_queue(channel, queue)
            underlay = await channel.get_underlay_channel()
            underlay.on_consumer_cancel_callbacks.add(lambda _: on_lost())  # somebody deleted the queue
            await declared.consume(self._hearing(queue))
        self._on_gap()

    def _hearing(self, queue: Queue) -> Callable[[AbstractIncomingMessage], Awaitable[None]]:
        async def hear(message: AbstractIncomingMessage) -> None:
            try:
                decode_as(Notice, message.body)
            except (ValueError, TypeError, msgspec.MsgspecError) as error:
                _log.error("bus.message_unreadable", queue=queue, error=str(error))
                await _settle(message.reject(requeue=False))
                return
            self._waiting[queue].append(message)
            self._on_news((queue,))

        return hear

    def _on_down(self) -> None:
        self._forget()
        self._on_gap()

    def _forget(self) -> None:
        self._held.clear()
        for waiting in self._waiting.values():
            waiting.clear()


async def _settle(answer: Coroutine[Any, Any, None]) -> None:
    """Send an acknowledgement; on a connection that is gone it has no meaning any more."""
    with contextlib.suppress(Exception):
        await answer
