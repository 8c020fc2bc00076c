"""Live streams through Redis: the contract, in one process and between two, and what is particular to Redis."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.redis.server import RedisServer, RedisUnusable
from medea.kernel.streams.base import FrameId, StreamSuperseded, StreamTooLong
from medea.kernel.streams.redis.streams import RedisStreams
from tests.contracts.live_streams import RESTART, LiveStreamsContract, everything, frame, frames, until
from tests.support.redis import OwnRedis, delete_all

pytestmark = pytest.mark.services


@pytest.fixture
async def streams(redis_server: RedisServer) -> AsyncIterator[RedisStreams]:
    made = RedisStreams(redis_server)
    yield made
    await made.close()


class TestContract(LiveStreamsContract):
    pass


@pytest.fixture
async def elsewhere(redis_server: RedisServer) -> AsyncIterator[RedisStreams]:
    """The streams of another process."""
    made = RedisStreams(redis_server)
    yield made
    await made.close()


@pytest.fixture
def tenant() -> TenantId:
    return TenantId.new()


@pytest.fixture
def turn() -> TurnId:
    return TurnId.new()


def numbers(first: int, last: int) -> list[bytes]:
    return [b"%d" % number for number in range(first, last + 1)]


async def test_what_one_process_writes_others_read(
    streams: RedisStreams, elsewhere: RedisStreams, tenant: TenantId, turn: TurnId
) -> None:
    expected = await elsewhere.read(tenant, turn, expected=True)
    waiting = asyncio.create_task(everything(expected))
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    for payload in numbers(1, 60):
        writer.append([payload])
        await asyncio.sleep(0.002)
    joined = await elsewhere.read(tenant, turn, FrameId(1, 20))
    rest = asyncio.create_task(everything(joined))
    writer.append(numbers(61, 100))
    writer.finish()
    assert await waiting == frames(1, *numbers(1, 100))
    assert await rest == frames(1, *numbers(21, 100), start=21)
    assert joined is not None
    assert joined.finished
    assert not joined.restarted


async def test_an_attempt_is_silenced_by_another_process(
    streams: RedisStreams, elsewhere: RedisStreams, tenant: TenantId, turn: TurnId
) -> None:
    first = streams.writer(tenant, turn, 1, restart=RESTART)
    first.append([b"old"])
    reader = await streams.read(tenant, turn)
    assert reader is not None
    assert await until(reader, 1) == frames(1, b"old")
    second = elsewhere.writer(tenant, turn, 2, restart=RESTART)
    second.append([b"new"])
    assert await until(reader, 1) == frame(2, 0, RESTART) + frames(2, b"new")

    async def write_until_told() -> None:
        while True:
            first.append([b"late"])
            await asyncio.sleep(0.01)

    with pytest.raises(StreamSuperseded):
        await asyncio.wait_for(write_until_told(), 60)
    second.append([b"right"])
    second.finish()
    assert await everything(reader) == frames(2, b"right", start=2)
    assert await everything(await streams.read(tenant, turn)) == frames(2, b"new", b"right")


async def test_an_attempt_may_be_taken_up_in_another_process(
    streams: RedisStreams, elsewhere: RedisStreams, tenant: TenantId, turn: TurnId
) -> None:
    streams.writer(tenant, turn, 1, restart=RESTART).append([b"1", b"2"])
    assert await streams.read(tenant, turn) is not None  # it is in Redis now
    writer = elsewhere.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"3"])
    writer.finish()
    reader = await elsewhere.read(tenant, turn, FrameId(1, 1))
    assert await everything(reader) == frames(1, b"2", b"3", start=2)


async def test_a_lost_memory_is_written_again_while_the_turn_runs(
    streams: RedisStreams, elsewhere: RedisStreams, redis_server: RedisServer, tenant: TenantId, turn: TurnId
) -> None:
    reader = await elsewhere.read(tenant, turn, expected=True)
    collected = asyncio.create_task(everything(reader))
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    for number in range(1, 61):
        writer.append([b"%d" % number])
        if number % 20 == 0:
            await delete_all(redis_server)
        await asyncio.sleep(0.01)
    late = await elsewhere.read(tenant, turn)
    writer.append([b"61"])
    writer.finish()
    assert await collected == frames(1, *numbers(1, 61))
    assert await everything(late) == frames(1, *numbers(1, 61))
    assert reader is not None
    assert not reader.restarted


async def test_readers_of_a_lost_stream_end_and_have_not_finished(
    streams: RedisStreams, redis_server: RedisServer, tenant: TenantId, turn: TurnId
) -> None:
    elsewhere = RedisStreams(redis_server, check_seconds=0.05)
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"1"])
    await streams.read(tenant, turn)
    reader = await elsewhere.read(tenant, turn)
    await delete_all(redis_server)
    assert await everything(reader) == frames(1, b"1")
    assert reader is not None
    assert not reader.finished
    assert await elsewhere.read(tenant, turn) is None
    await elsewhere.close()


def hear(text: list[tuple[int, int, bytes]], chunk: bytes) -> None:
    """Apply the protocol as a client does: a restart notice drops what it has, anything else is added."""
    for part in chunk.split(b"\n\n")[:-1]:
        head, _, data = part.partition(b"\ndata: ")
        at = FrameId.find(head.removeprefix(b"id: ").decode())
        assert at is not None
        if at.seq == 0:
            text.clear()
        else:
            text.append((at.attempt, at.seq, data))


@pytest.mark.parametrize("seed", range(4))
async def test_a_client_that_comes_and_goes_between_processes_ends_with_the_last_attempt(
    redis_server: RedisServer, tenant: TenantId, turn: TurnId, seed: int
) -> None:
    """Attempts in different processes, a client that changes process, a memory that is lost again and again."""
    dice = random.Random(seed)
    processes = [RedisStreams(redis_server) for _ in range(3)]
    text: list[tuple[int, int, bytes]] = []

    async def client() -> None:
        while True:
            after = FrameId(*text[-1][:2]) if text else None
            reader = await dice.choice(processes).read(tenant, turn, after, expected=True)
            assert reader is not None
            for _ in range(dice.randint(1, 4)):
                chunk = await anext(reader, None)
                if chunk is None:
                    break
                hear(text, chunk)
            reader.close()
            if reader.finished:
                return

    reading = asyncio.create_task(client())
    written: list[tuple[int, int, bytes]] = []
    for attempt in (1, 2, 3):
        writer = dice.choice(processes).writer(tenant, turn, attempt, restart=RESTART)
        written = [(attempt, seq, b"%d" % dice.randint(0, 9)) for seq in range(1, 60)]
        for _, seq, data in written:
            writer.append([data])
            await asyncio.sleep(dice.choice((0, 0, 0.002, 0.01)))
            if seq % 20 == 7:
                await delete_all(redis_server)
        if attempt == 3:
            writer.finish()
    await asyncio.wait_for(reading, 60)
    assert text == written
    for process in processes:
        await process.close()


async def test_an_ended_stream_expires(redis_server: RedisServer, tenant: TenantId, turn: TurnId) -> None:
    streams = RedisStreams(redis_server)
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"1"])
    await streams.close()  # what is left is sent before
    name = redis_server.key("stream", tenant, turn)
    assert 3_500_000 < await redis_server.wire.ask("PTTL", name) <= 3_600_000
    streams = RedisStreams(redis_server, keep_seconds=0.2)
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"2"])
    writer.finish()
    assert await everything(await streams.read(tenant, turn)) == frames(1, b"1", b"2")
    await asyncio.sleep(0.3)
    assert not await redis_server.wire.ask("EXISTS", name)
    await streams.close()


async def test_a_stream_has_a_bound(redis_server: RedisServer, tenant: TenantId, turn: TurnId) -> None:
    streams = RedisStreams(redis_server, stream_bytes=1000)
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    with pytest.raises(StreamTooLong):
        writer.append([b"x" * 100] * 10)
    with pytest.raises(StreamSuperseded):
        writer.append([b"x"])
    await streams.close()


async def test_a_stream_that_nobody_reads_any_more_is_not_followed(
    streams: RedisStreams, tenant: TenantId, turn: TurnId
) -> None:
    streams.writer(tenant, turn, 1, restart=RESTART).append([b"1"])
    readers = [await streams.read(tenant, turn) for _ in range(3)]
    assert [await streams.read(tenant, TurnId.new()) for _ in range(3)] == [None] * 3
    for reader in readers:
        assert reader is not None
        reader.close()
    assert streams._incoming._followed == {}
    assert streams._incoming._names == {}
    assert streams._incoming.mirror.size == (0, 0)


async def test_a_slow_client_and_a_dead_redis_hold_no_turn_up(
    own_redis: OwnRedis, tenant: TenantId, turn: TurnId
) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    streams, elsewhere = RedisStreams(server), RedisStreams(server)
    slow = await elsewhere.read(tenant, turn, expected=True)
    quick = await elsewhere.read(tenant, turn, expected=True)
    collected = asyncio.create_task(everything(quick))
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    longest = 0.0
    for number in range(1, 201):
        if number == 50:
            await own_redis.kill()
        if number == 150:
            await own_redis.start()
        before = time.perf_counter()
        writer.append([b"%d" % number])
        longest = max(longest, time.perf_counter() - before)
        await asyncio.sleep(0.005)
    writer.finish()
    assert longest < 1, "no append waits: a connection is tried for two seconds"
    expected = frames(1, *numbers(1, 200))
    assert await collected == expected, "the memory that Redis lost is written again, and nothing is doubled"
    assert await everything(slow) == expected
    await streams.close()
    await elsewhere.close()
    await server.close()


async def test_a_redis_that_hangs_holds_no_turn_up_and_loses_nothing(
    own_redis: OwnRedis, tenant: TenantId, turn: TurnId
) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    streams, elsewhere = RedisStreams(server), RedisStreams(server)
    collected = asyncio.create_task(everything(await elsewhere.read(tenant, turn, expected=True)))
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"1"])
    await asyncio.sleep(0.1)
    own_redis.hang()
    before = time.perf_counter()
    for number in range(2, 101):
        writer.append([b"%d" % number])
        await asyncio.sleep(0)
    assert time.perf_counter() - before < 60, "a hundred times the waiting would be two hundred seconds"
    await asyncio.sleep(2.5)  # past the time-out of a command, which arrives all the same
    own_redis.go_on()
    writer.append([b"101"])
    writer.finish()
    assert await collected == frames(1, *numbers(1, 101))
    await streams.close()
    await elsewhere.close()
    await server.close()


async def test_readers_wait_only_so_long_for_redis(own_redis: OwnRedis, tenant: TenantId, turn: TurnId) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    streams = RedisStreams(server, lost_seconds=0.3)
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"1"])
    reader = await streams.read(tenant, turn)
    await own_redis.kill()
    assert await everything(reader) == frames(1, b"1")
    assert reader is not None
    assert not reader.finished
    assert await streams.read(tenant, TurnId.new()) is None
    writer.append([b"2"])
    writer.finish()
    await streams.close()
    await server.close()


async def test_what_was_written_and_not_heard_is_read_all_the_same(
    redis_server: RedisServer, tenant: TenantId, turn: TurnId
) -> None:
    seldom, often = RedisStreams(redis_server, check_seconds=3600), RedisStreams(redis_server, check_seconds=0.05)
    writer = seldom.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"1"])
    name, told = redis_server.key("stream", tenant, turn), redis_server.wire.ask
    noticing, looking = [await streams.read(tenant, turn) for streams in (seldom, often)]
    assert noticing is not None
    assert looking is not None
    for reader in (noticing, looking):
        assert await until(reader, 1) == frames(1, b"1")
    await told("XADD", name, "1-3", "f", b"2\n3")  # in silence
    assert await until(looking, 2) == frames(1, b"2", b"3", start=2)
    await told("XADD", name, "1-4", "f", b"4")
    await told("PUBLISH", name, b"1-4\n4")
    assert await until(noticing, 3) == frames(1, b"2", b"3", b"4", start=2)
    await seldom.close()
    await often.close()


async def test_a_connection_that_breaks_is_made_again_and_nothing_is_missed(
    own_redis: OwnRedis, tenant: TenantId, turn: TurnId
) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    streams, elsewhere = RedisStreams(server), RedisStreams(server, check_seconds=3600)
    collected = asyncio.create_task(everything(await elsewhere.read(tenant, turn, expected=True)))
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    for number in range(1, 101):
        writer.append([b"%d" % number])
        if number % 25 == 0:
            await server.wire.ask("CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.sleep(0.005)
    writer.finish()
    assert await asyncio.wait_for(collected, 60) == frames(1, *numbers(1, 100))
    await streams.close()
    await elsewhere.close()
    await server.close()


async def test_many_streams_are_read_again_without_filling_the_connection_that_hears(
    own_redis: OwnRedis, tenant: TenantId
) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    streams, elsewhere = RedisStreams(server), RedisStreams(server, check_seconds=3600)
    turns, readers = [TurnId.new() for _ in range(300)], []
    for turn in turns:
        streams.writer(tenant, turn, 1, restart=RESTART).append([b"1"])
        reader = await elsewhere.read(tenant, turn, expected=True)
        assert reader is not None
        assert await until(reader, 1) == frames(1, b"1")
        readers.append(reader)
    long = b"x" * 10_000
    await server.wire.ask_all([("XADD", server.key("stream", tenant, turn), "1-2", "f", long) for turn in turns])
    await server.wire.ask("CONFIG", "SET", "client-output-buffer-limit", "pubsub 100000 0 0")
    await server.wire.ask("CLIENT", "KILL", "TYPE", "pubsub")
    async with asyncio.timeout(60):
        for reader in readers:
            assert await until(reader, 2) == frames(1, long, start=2)
    assert elsewhere._incoming._connection == 1, "it broke once, by our own hand"
    joined = await asyncio.gather(*(streams.read(tenant, turn) for turn in turns))
    async with asyncio.timeout(60):
        for reader in joined:
            assert reader is not None
            assert await until(reader, 2) == frames(1, b"1", long)
    assert streams._incoming._connection == 0
    await streams.close()
    await elsewhere.close()
    await server.close()


async def test_what_nobody_wants_any_more_is_not_heard(
    redis_server: RedisServer, tenant: TenantId, turn: TurnId
) -> None:
    streams = RedisStreams(redis_server, check_seconds=0.01)
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"1"])
    reader = await streams.read(tenant, turn)
    assert reader is not None
    assert await redis_server.wire.ask("PUBLISH", redis_server.key("stream", tenant, turn), b"0-0\n") == 1
    reader.close()
    async with asyncio.timeout(60):
        while await redis_server.wire.ask("PUBLISH", redis_server.key("stream", tenant, turn), b"0-0\n"):
            pass
    await streams.close()


async def test_a_user_without_channels_is_told_in_a_sentence(own_redis: OwnRedis) -> None:
    server = await RedisServer.connect(own_redis.url, "t:")
    await server.wire.ask("ACL", "SETUSER", "half", "on", ">secret", "~*", "+@all", "resetchannels")
    with pytest.raises(RedisUnusable, match="let the user have all commands, keys"):
        await RedisServer.connect(own_redis.url.replace("redis://", "redis://half:secret@"), "t:")
    await server.wire.ask("ACL", "SETUSER", "half", "&t:*")
    whole = await RedisServer.connect(own_redis.url.replace("redis://", "redis://half:secret@"), "t:")
    streams, tenant, turn = RedisStreams(whole), TenantId.new(), TurnId.new()
    collected = asyncio.create_task(everything(await streams.read(tenant, turn, expected=True)))
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([b"1"])
    writer.finish()
    assert await asyncio.wait_for(collected, 60) == frames(1, b"1")
    await streams.close()
    await whole.close()
    await server.close()


async def test_another_redis_than_wanted_is_told_in_a_sentence(own_redis: OwnRedis) -> None:
    await own_redis.kill()
    for url, why in (
        (own_redis.url, "The Redis of MEDEA_REDIS__URL cannot be used: connecting to 127.0.0.1:"),
        ("http://127.0.0.1:1", "The Redis of MEDEA_REDIS__URL cannot be used: Redis URL must specify"),
    ):
        with pytest.raises(RedisUnusable, match=why):
            await RedisServer.connect(url, "t:")
