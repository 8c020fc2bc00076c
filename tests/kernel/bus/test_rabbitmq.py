"""The RabbitMQ driver: the contract, and what is particular to it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aio_pika
import pytest

from medea.kernel.bus.rabbitmq.driver import RabbitDriver
from medea.kernel.bus.rabbitmq.link import BrokerUnusable
from medea.kernel.bus.rabbitmq.topology import Topology
from medea.kernel.bus.task import task
from medea.kernel.ids import TenantId
from tests.contracts.bus import BusContract, Ctx, Recorder, send, until_no_job_is_left, working
from tests.contracts.bus_bounds import BoundsContract
from tests.contracts.bus_shares import SharesContract
from tests.contracts.eventually import eventually
from tests.kernel.bus.rabbit import Rabbit, open_rabbit
from tests.support.rabbitmq import rabbitmq_url

pytestmark = pytest.mark.services


@pytest.fixture
async def bare(bus_url: str) -> AsyncIterator[Rabbit]:
    """Without a relay."""
    async with open_rabbit(bus_url) as rabbit:
        yield rabbit


@pytest.fixture
async def bus(bare: Rabbit) -> AsyncIterator[Rabbit]:
    relay = bare.relay()
    relay.start()
    yield bare
    await relay.stop()


@pytest.mark.usefixtures("bus")
class TestContract(BusContract):
    pass


@pytest.mark.usefixtures("bus")
class TestShares(SharesContract):
    pass


@pytest.mark.usefixtures("bus")
class TestBounds(BoundsContract):
    pass


async def ready(bus: Rabbit) -> int:
    return sum((await bus.driver.ready()).values())


async def until_ready(bus: Rabbit, number: int) -> None:
    async with asyncio.timeout(60):
        while await ready(bus) != number:  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(0.02)


async def first_of(queue: aio_pika.abc.AbstractQueue) -> aio_pika.abc.AbstractIncomingMessage:
    async with asyncio.timeout(60):
        while True:
            if (message := await queue.get(fail=False)) is not None:
                return message
            await asyncio.sleep(0.05)


async def consuming(bus: Rabbit, workers: int = 1) -> None:
    await eventually(lambda: bus.wire.connections == 1 + workers)


async def test_word_of_a_job_goes_out_right_after_the_commit(bare: Rabbit, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record", queue="turns")
    async def record(ctx: Ctx) -> None:
        seen.calls.append(ctx.job.attempt)

    registry = seen.registry(record)
    async with working(bare, registry):
        await consuming(bare)
        await asyncio.sleep(0.3)  # the worker's looks at its start are over
        await send(bare, registry, tenant, record)
        await eventually(lambda: seen.calls == [1])
        await until_no_job_is_left(bare)
        await until_ready(bare, 0)


async def test_a_worker_gets_no_more_than_it_can_do_at_once(bare: Rabbit, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.slow", queue="slow")
    async def slow(ctx: Ctx) -> None:
        seen.calls.append("slow")
        await asyncio.wait_for(seen.gate.wait(), 60)

    @task("tests.turn", queue="turns")
    async def turn(ctx: Ctx) -> None:
        seen.calls.append("turn")

    registry = seen.registry(slow, turn)
    async with working(bare, registry):
        for _ in range(6):
            await send(bare, registry, tenant, slow)
        await eventually(lambda: seen.calls == ["slow", "slow"])
        await send(bare, registry, tenant, turn)
        await eventually(lambda: "turn" in seen.calls)
        await until_ready(bare, 4)
        async with working(bare, registry):
            await eventually(lambda: seen.calls.count("slow") == 4)
        seen.gate.set()
        await until_no_job_is_left(bare)
        await until_ready(bare, 0)


async def test_hundreds_of_jobs_through_two_workers_each_run_once(
    bare: Rabbit, tenant: TenantId, seen: Recorder
) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        seen.calls.append(number)

    registry = seen.registry(record)
    async with working(bare, registry), working(bare, registry):
        outbox = bare.outbox(registry, tenant)
        for number in range(400):
            outbox.enqueue(record, number=number)
        async with bare.database.transaction(tenant) as sql:
            await outbox.flush(sql)
        outbox.after_commit()
        await until_no_job_is_left(bare)
        await until_ready(bare, 0)
    assert sorted(seen.calls) == list(range(400))


async def test_lost_and_doubled_messages_do_no_harm(bus: Rabbit, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        seen.calls.append(number)

    registry = seen.registry(record)
    for number in range(10):
        await send(bus, registry, tenant, record, number=number)
    connection = await aio_pika.connect(rabbitmq_url())
    async with connection:
        queue = await (await connection.channel()).get_queue(bus.topology.queue("default"))
        await until_ready(bus, 10)
        await queue.purge()
    for number in range(10, 15):
        outbox = bus.outbox(registry, tenant)
        outbox.enqueue(record, number=number)
        async with bus.database.transaction(tenant) as sql:
            await outbox.flush(sql)
        written = [(entry.job, entry.slot) for entry in outbox._written]
        for _ in range(3):
            bus.driver.dispatch(written)
    async with working(bus, registry, default=3):
        await until_no_job_is_left(bus)
        await until_ready(bus, 0)
    assert sorted(seen.calls) == list(range(15))


async def test_an_unreadable_message_goes_to_the_dead_letters_and_blocks_nobody(
    bare: Rabbit, tenant: TenantId, seen: Recorder
) -> None:
    @task("tests.record")
    async def record(ctx: Ctx) -> None:
        seen.calls.append(1)

    registry = seen.registry(record)
    connection = await aio_pika.connect(rabbitmq_url())
    async with connection, working(bare, registry, default=1):
        channel = await connection.channel()
        exchange = await channel.get_exchange(bare.topology.exchange)
        for body in (b"\xff\0", b"{}", b'{"id": "x", "tenant_id": "y", "queue": "default"}'):
            await exchange.publish(aio_pika.Message(body), "default")
        await send(bare, registry, tenant, record)
        await eventually(lambda: seen.calls == [1])
        grave = await channel.get_queue(bare.topology.dead)
        for _ in range(3):
            message = await first_of(grave)
            assert message.headers["x-first-death-reason"] == "rejected"
            await message.ack()


async def test_a_cut_wire_loses_nothing_and_mends_itself(bus: Rabbit, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        await asyncio.sleep(0.02)
        seen.calls.append(number)

    registry = seen.registry(record)
    async with working(bus, registry, default=3):
        for number in range(60):
            await send(bus, registry, tenant, record, number=number)
            if number in {15, 40}:
                await bus.wire.cut(for_good=False)
            await asyncio.sleep(0.02)
        await until_no_job_is_left(bus)
        await eventually(lambda: bus.driver.is_up)
    assert sorted(seen.calls) == list(range(60))


async def test_while_the_broker_is_away_workers_look_for_themselves(
    bus: Rabbit, tenant: TenantId, seen: Recorder
) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        seen.calls.append(number)

    registry = seen.registry(record)
    async with working(bus, registry):
        await consuming(bus)
        await bus.wire.cut()
        await eventually(lambda: not bus.driver.is_up)
        for number in range(20):
            await send(bus, registry, tenant, record, number=number)
        await until_no_job_is_left(bus)
        await bus.wire.mend()
        await eventually(lambda: bus.driver.is_up and bus.wire.connections == 2)
        await send(bus, registry, tenant, record, number=20)
        await until_no_job_is_left(bus)
    assert sorted(seen.calls) == list(range(21))


async def test_a_worker_that_comes_while_the_broker_is_away_works(
    bare: Rabbit, tenant: TenantId, seen: Recorder
) -> None:
    @task("tests.record")
    async def record(ctx: Ctx) -> None:
        seen.calls.append(1)

    registry = seen.registry(record)
    await bare.wire.cut()
    await send(bare, registry, tenant, record)
    async with working(bare, registry):
        await until_no_job_is_left(bare)
    assert seen.calls == [1]


async def test_a_deleted_queue_is_made_again(bus: Rabbit, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record")
    async def record(ctx: Ctx) -> None:
        seen.calls.append(1)

    registry = seen.registry(record)
    async with working(bus, registry):
        await consuming(bus)
        await asyncio.sleep(0.2)
        connection = await aio_pika.connect(rabbitmq_url())
        async with connection:
            await (await connection.channel()).queue_delete(bus.topology.queue("default"))
        await send(bus, registry, tenant, record)
        await until_no_job_is_left(bus)
    assert seen.calls == [1]


async def test_of_two_relays_one_leads_and_the_other_follows_it(bare: Rabbit, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record")
    async def record(ctx: Ctx, number: int) -> None:
        seen.calls.append(number)

    registry = seen.registry(record)
    first, second = bare.relay(), bare.relay()
    first.start()
    await eventually(lambda: first.is_leader)
    second.start()
    async with working(bare, registry):
        soon = datetime.now(UTC) + timedelta(seconds=0.3)
        await send(bare, registry, tenant, record, number=1, run_at=soon)
        await until_no_job_is_left(bare)
        assert not second.is_leader
        await first.stop()
        await eventually(lambda: second.is_leader)
        soon = datetime.now(UTC) + timedelta(seconds=0.3)
        await send(bare, registry, tenant, record, number=2, run_at=soon)
        await until_no_job_is_left(bare)
    await second.stop()
    assert seen.calls == [1, 2]


async def test_the_relay_announces_what_waits_once(bare: Rabbit, tenant: TenantId, seen: Recorder) -> None:
    @task("tests.record", queue="slow")
    async def record(ctx: Ctx) -> None: ...

    registry = seen.registry(record)
    outbox = bare.outbox(registry, tenant)
    for _ in range(30):
        outbox.enqueue(record)
    async with bare.database.transaction(tenant) as sql:
        await outbox.flush(sql)  # and nobody says that it was committed
    patient, relay = bare.relay(grace=3600), bare.relay(grace=0)
    assert await patient.sweep() == 0
    assert await relay.sweep() == 30
    await until_ready(bare, 30)
    assert await relay.sweep() == 0
    assert (await bare.driver.ready())["slow"] == 30
    await patient.stop()
    await relay.stop()
    outbox.after_rollback()


async def test_of_what_waits_for_its_tenants_part_the_relay_announces_a_few(bare: Rabbit, seen: Recorder) -> None:
    @task("tests.hang", queue="webhooks")
    async def hang(ctx: Ctx) -> None: ...

    registry = seen.registry(hang)
    piles = [bare.outbox(registry, TenantId.new()) for _ in range(3)]
    for outbox, number, priority in zip(piles, (40, 3, 1), (0, -1, 5), strict=True):
        for _ in range(number):
            outbox.enqueue(hang, priority=priority)
        async with bare.database.transaction(outbox.tenant_id) as sql:
            await outbox.flush(sql)  # and nobody says that it was committed
        outbox.after_rollback()
    relay = bare.relay(grace=0)
    assert await relay.sweep() == 25 + 3 + 1
    await until_ready(bare, 29)
    assert await relay.sweep() == 0
    await relay.stop()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:5672/", "it begins with neither amqp:// nor amqps://"),
        ("amqp://guest:guest@127.0.0.1:1/", ""),
        ("amqp://guest:wrong@{broker}/", "it refuses the user or the password"),
        ("amqp://guest:guest@{broker}/no-such-host", ""),
    ],
)
async def test_a_broker_that_cannot_be_used_is_told_in_one_sentence(url: str, why: str) -> None:
    broker = rabbitmq_url()
    driver = RabbitDriver(url.replace("{broker}", f"{broker.host}:{broker.port}"), Topology("medea-test-none"))
    with pytest.raises(BrokerUnusable) as told:
        await driver.open()
    assert str(told.value).startswith("The RabbitMQ of MEDEA_RABBITMQ__URL cannot be used: ")
    assert why in str(told.value)
    assert "\n" not in str(told.value)
    assert "wrong" not in str(told.value)
