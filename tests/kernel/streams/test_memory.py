"""Live streams in memory: the contract, and what is particular to memory."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.streams.base import FrameId, StreamReader, StreamTooLong
from medea.kernel.streams.memory import ABANDONED_SECONDS, KEEP_SECONDS, MemoryStreams
from tests.contracts.live_streams import RESTART, LiveStreamsContract, everything, frames


class TestContract(LiveStreamsContract):
    @pytest.fixture
    async def streams(self) -> AsyncIterator[MemoryStreams]:
        streams = MemoryStreams()
        yield streams
        await streams.close()


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def ended(streams: MemoryStreams, tenant: TenantId, payload: bytes = b"1") -> TurnId:
    turn = TurnId.new()
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    writer.append([payload])
    writer.finish()
    return turn


async def test_a_stream_is_kept_for_ten_minutes_after_its_end() -> None:
    time, tenant = Time(), TenantId.new()
    streams = MemoryStreams(clock=time)
    turn = ended(streams, tenant)
    time.now += KEEP_SECONDS - 1
    assert await everything(await streams.read(tenant, turn)) == frames(1, b"1")
    time.now += 2
    assert await streams.read(tenant, turn) is None
    assert streams.size == (0, 0)


async def test_a_reader_outlives_the_expiry_of_its_stream() -> None:
    time, tenant = Time(), TenantId.new()
    streams = MemoryStreams(clock=time)
    turn = ended(streams, tenant)
    reader = await streams.read(tenant, turn)
    time.now += KEEP_SECONDS + 1
    assert await streams.read(tenant, turn) is None
    assert await everything(reader) == frames(1, b"1")


async def test_ended_streams_have_a_bound_and_the_oldest_goes_first() -> None:
    tenant = TenantId.new()
    streams = MemoryStreams(finished_bytes=1000)
    turns = [ended(streams, tenant, b"x" * 300) for _ in range(10)]
    held, kept = streams.size
    assert held == 3
    assert kept <= 1000
    assert await streams.read(tenant, turns[0]) is None
    assert await streams.read(tenant, turns[-1]) is not None


async def test_a_stream_has_a_bound() -> None:
    tenant, turn = TenantId.new(), TurnId.new()
    streams = MemoryStreams(stream_bytes=1000)
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    with pytest.raises(StreamTooLong):
        writer.append([b"x" * 100] * 10)
    assert len(await everything(await streams.read(tenant, turn))) < 1200


async def test_a_stream_that_nobody_writes_any_more_is_dropped() -> None:
    time, tenant = Time(), TenantId.new()
    streams = MemoryStreams(clock=time)
    streams.writer(tenant, TurnId.new(), 1, restart=RESTART).append([b"1"])
    turn = TurnId.new()
    busy = streams.writer(tenant, turn, 1, restart=RESTART)
    for _ in range(10):
        time.now += ABANDONED_SECONDS / 3
        busy.append([b"1"])
        await streams.read(tenant, TurnId.new())
    assert streams.size[0] == 1
    assert await streams.read(tenant, turn) is not None


async def test_an_expected_stream_that_never_came_leaves_nothing() -> None:
    streams = MemoryStreams()
    reader = await streams.read(TenantId.new(), TurnId.new(), expected=True)
    assert streams.size == (1, 0)
    assert reader is not None
    reader.close()
    assert streams.size == (0, 0)


async def test_frames_of_one_tick_come_in_one_piece() -> None:
    tenant, turn = TenantId.new(), TurnId.new()
    streams = MemoryStreams()
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    reader = await streams.read(tenant, turn)
    assert reader is not None
    waiting = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    for number in range(5):
        writer.append([b"%d" % number])
    assert await waiting == frames(1, *(b"%d" % number for number in range(5)))


async def test_a_slow_reader_holds_nobody_up() -> None:
    tenant, turn = TenantId.new(), TurnId.new()
    streams = MemoryStreams()
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    slow, quick = await streams.read(tenant, turn), await streams.read(tenant, turn)
    collected = asyncio.create_task(everything(quick))
    for number in range(100):
        writer.append([b"%d" % number])
        await asyncio.sleep(0)
    writer.finish()
    expected = frames(1, *(b"%d" % number for number in range(100)))
    assert await collected == expected
    assert await everything(slow) == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3))
async def test_a_client_that_comes_and_goes_ends_with_the_last_attempt(seed: int, attempts: int) -> None:
    """A client applies the protocol: a restart notice drops what it has; otherwise it appends."""
    dice = random.Random(seed)
    tenant, turn = TenantId.new(), TurnId.new()
    streams = MemoryStreams()
    text: list[tuple[int, int, bytes]] = []

    async def take(reader: StreamReader | None, most: int) -> bool:
        assert reader is not None
        try:
            for _ in range(most):
                for part in (await anext(reader)).split(b"\n\n")[:-1]:
                    head, _, data = part.partition(b"\ndata: ")
                    at = FrameId.find(head.removeprefix(b"id: ").decode())
                    assert at is not None
                    if at.seq == 0:
                        assert data == RESTART
                        text.clear()
                    else:
                        text.append((at.attempt, at.seq, data))
        except StopAsyncIteration:
            return True
        finally:
            reader.close()
        return False

    async def client() -> None:
        while True:
            after = FrameId(*text[-1][:2]) if text else None
            if await take(await streams.read(tenant, turn, after, expected=True), dice.randint(1, 4)):
                return

    reading = asyncio.create_task(client())
    written: list[tuple[int, int, bytes]] = []
    writer = streams.writer(tenant, turn, 1, restart=RESTART)
    for attempt in range(1, attempts + 1):
        writer = streams.writer(tenant, turn, attempt, restart=RESTART)
        written = [(attempt, seq, b"%d" % dice.randint(0, 9)) for seq in range(1, dice.randint(2, 20))]
        for _, _, data in written:
            writer.append([data])
            if dice.random() < 0.5:
                await asyncio.sleep(0)
    writer.finish()
    await asyncio.wait_for(reading, 60)
    assert text == written


@given(st.text(max_size=12))
def test_a_frame_id_reads_back_or_is_none(text: str) -> None:
    found = FrameId.find(text)
    assert found is None or FrameId.find(str(found)) == found
    assert FrameId.find(None) is None
