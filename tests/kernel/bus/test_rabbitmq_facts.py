"""Facts of RabbitMQ that the driver relies on."""

import asyncio
from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import DeliveryError
from aiormq.exceptions import ChannelPreconditionFailed, PublishError

from medea.kernel.bus.rabbitmq.topology import Topology
from tests.support.rabbitmq import own_topology, rabbitmq_url

pytestmark = pytest.mark.services


@pytest.fixture
async def topology() -> AsyncIterator[Topology]:
    rabbitmq_url()
    async with own_topology(delivery_limit=3) as own:
        yield own


@pytest.fixture
async def channel(topology: Topology) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(rabbitmq_url())
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await topology.declare(channel)
        yield channel


async def next_of(channel: AbstractChannel, name: str) -> aio_pika.abc.AbstractIncomingMessage:
    queue = await channel.get_queue(name)
    async with asyncio.timeout(60):
        while True:
            if (message := await queue.get(fail=False)) is not None:
                return message
            await asyncio.sleep(0.02)


async def test_a_message_that_reaches_no_queue_is_no_success(channel: AbstractChannel, topology: Topology) -> None:
    exchange = await channel.get_exchange(topology.exchange)
    with pytest.raises(PublishError):
        await exchange.publish(aio_pika.Message(b"{}"), "nowhere")


async def test_a_channel_that_was_not_told_to_raise_counts_it_as_confirmed(
    channel: AbstractChannel, topology: Topology
) -> None:
    connection = await aio_pika.connect(rabbitmq_url())
    async with connection:
        careless = await connection.channel()
        exchange = await careless.get_exchange(topology.exchange)
        await exchange.publish(aio_pika.Message(b"{}"), "nowhere")


async def test_a_message_given_back_too_often_goes_to_the_dead_letters_with_its_reason(
    channel: AbstractChannel, topology: Topology
) -> None:
    exchange = await channel.get_exchange(topology.exchange)
    await exchange.publish(aio_pika.Message(b"{}", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), "turns")
    for _ in range(4):
        await (await next_of(channel, topology.queue("turns"))).reject(requeue=True)
    dead = await next_of(channel, topology.dead)
    await dead.ack()
    assert dead.headers["x-first-death-reason"] == "delivery_limit"
    assert dead.headers["x-first-death-queue"] == topology.queue("turns")
    assert await (await channel.get_queue(topology.queue("turns"))).get(fail=False) is None


async def test_a_full_queue_that_rejects_tells_the_publisher(channel: AbstractChannel, topology: Topology) -> None:
    name = f"{topology.prefix}.full"
    await channel.declare_queue(
        name,
        durable=True,
        arguments={"x-queue-type": "quorum", "x-max-length": 3, "x-overflow": "reject-publish"},
    )
    with pytest.raises(DeliveryError):
        for _ in range(20):  # the limit is soft
            await channel.default_exchange.publish(aio_pika.Message(b"{}"), name)
    await channel.queue_delete(name)


async def test_what_is_declared_otherwise_already_is_refused(channel: AbstractChannel, topology: Topology) -> None:
    connection = await aio_pika.connect(rabbitmq_url())
    async with connection:
        other = await connection.channel()
        with pytest.raises(ChannelPreconditionFailed):
            await Topology(topology.prefix, delivery_limit=4).declare(other)
