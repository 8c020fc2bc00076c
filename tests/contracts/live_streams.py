"""What every implementation of `LiveStreams` must do."""

import asyncio

import pytest

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.streams.base import KEEP_ALIVE, FrameId, LiveStreams, StreamReader, StreamSuperseded

RESTART = b'{"type":"data-restart"}'
PATIENCE = 60.0  # seconds; only a failing test waits so long


def frame(attempt: int, seq: int, payload: bytes) -> bytes:
    return b"id: %d-%d\ndata: %b\n\n" % (attempt, seq, payload)


def frames(attempt: int, *payloads: bytes, start: int = 1) -> bytes:
    return b"".join(frame(attempt, seq, payload) for seq, payload in enumerate(payloads, start))


async def everything(reader: StreamReader | None) -> bytes:
    """Read to the end."""
    assert reader is not None
    async with asyncio.timeout(PATIENCE):
        return b"".join([chunk async for chunk in reader])


async def until(reader: StreamReader, length: int) -> bytes:
    """Read at least so many bytes."""
    text = b""
    async with asyncio.timeout(PATIENCE):
        while len(text) < length:
            text += await anext(reader)
    return text


class LiveStreamsContract:
    """Subclass it with a fixture `streams`."""

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId.new()

    @pytest.fixture
    def turn(self) -> TurnId:
        return TurnId.new()

    async def test_a_late_reader_gets_all_of_it(self, streams: LiveStreams, tenant: TenantId, turn: TurnId) -> None:
        writer = streams.writer(tenant, turn, 1, restart=RESTART)
        writer.append([b'{"a":1}', b'{"a":2}'])
        writer.append([])
        writer.append([b"[DONE]"])
        writer.finish()
        writer.finish()
        reader = await streams.read(tenant, turn)
        assert await everything(reader) == frames(1, b'{"a":1}', b'{"a":2}', b"[DONE]")
        assert reader is not None
        assert reader.finished
        assert not reader.restarted

    async def test_frames_arrive_while_they_are_written(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        writer = streams.writer(tenant, turn, 1, restart=RESTART)
        writer.append([b"1"])
        readers = [await streams.read(tenant, turn) for _ in range(3)]
        collected = [asyncio.create_task(everything(reader)) for reader in readers]
        for number in range(2, 50):
            writer.append([b"%d" % number])
            if number % 5 == 0:
                await asyncio.sleep(0.001)
        writer.finish()
        expected = frames(1, *(b"%d" % number for number in range(1, 50)))
        assert await asyncio.gather(*collected) == [expected] * 3

    async def test_rejoining_after_each_frame_misses_and_doubles_nothing(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        writer = streams.writer(tenant, turn, 1, restart=RESTART)
        payloads = [b"%d" % number for number in range(1, 9)]
        writer.append(payloads[:5])
        for seq in range(6):
            reader = await streams.read(tenant, turn, FrameId(1, seq))
            assert reader is not None
            rest = frames(1, *payloads[seq:5], start=seq + 1)
            assert await until(reader, len(rest)) == rest
            reader.close()
        writer.append(payloads[5:])
        writer.finish()
        for seq in range(9):
            reader = await streams.read(tenant, turn, FrameId(1, seq))
            assert await everything(reader) == frames(1, *payloads[seq:], start=seq + 1)
            assert reader is not None
            assert not reader.restarted

    @pytest.mark.parametrize("after", [FrameId(1, 2), FrameId(3, 1), FrameId(2, 99)])
    async def test_a_client_of_another_attempt_starts_again_and_is_told(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId, after: FrameId
    ) -> None:
        writer = streams.writer(tenant, turn, 2, restart=RESTART)
        writer.append([b"1", b"2"])
        writer.finish()
        reader = await streams.read(tenant, turn, after)
        assert await everything(reader) == frame(2, 0, RESTART) + frames(2, b"1", b"2")
        assert reader is not None
        assert reader.restarted

    async def test_a_new_client_of_a_second_attempt_is_not_bothered(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        streams.writer(tenant, turn, 1, restart=RESTART).append([b"old"])
        writer = streams.writer(tenant, turn, 2, restart=RESTART)
        writer.append([b"new"])
        writer.finish()
        assert await everything(await streams.read(tenant, turn)) == frames(2, b"new")
        assert await everything(await streams.read(tenant, turn, FrameId(2, 0))) == frames(2, b"new")

    async def test_readers_stay_on_when_the_attempt_is_replaced(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        first = streams.writer(tenant, turn, 1, restart=RESTART)
        first.append([b"old"])
        reader = await streams.read(tenant, turn)
        assert reader is not None
        assert await until(reader, 1) == frames(1, b"old")
        second = streams.writer(tenant, turn, 2, restart=RESTART)
        second.append([b"new"])
        second.finish()
        assert await everything(reader) == frame(2, 0, RESTART) + frames(2, b"new")
        assert reader.restarted
        assert reader.finished

    async def test_an_old_attempt_is_silenced(self, streams: LiveStreams, tenant: TenantId, turn: TurnId) -> None:
        first = streams.writer(tenant, turn, 1, restart=RESTART)
        second = streams.writer(tenant, turn, 2, restart=RESTART)
        with pytest.raises(StreamSuperseded):
            first.append([b"late"])
        first.finish()
        with pytest.raises(StreamSuperseded):
            streams.writer(tenant, turn, 1, restart=RESTART)
        second.append([b"right"])
        second.finish()
        with pytest.raises(StreamSuperseded):
            second.append([b"after the end"])
        assert await everything(await streams.read(tenant, turn)) == frames(2, b"right")

    async def test_an_attempt_may_be_taken_up_by_another_writer(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        streams.writer(tenant, turn, 1, restart=RESTART).append([b"queued"])
        writer = streams.writer(tenant, turn, 1, restart=RESTART)
        writer.append([b"running"])
        writer.finish()
        assert await everything(await streams.read(tenant, turn)) == frames(1, b"queued", b"running")

    async def test_what_is_unknown_is_said_to_be(self, streams: LiveStreams, tenant: TenantId, turn: TurnId) -> None:
        assert await streams.read(tenant, turn) is None
        assert await streams.read(tenant, turn, FrameId(1, 1)) is None

    async def test_the_tenant_is_part_of_the_key(self, streams: LiveStreams, tenant: TenantId, turn: TurnId) -> None:
        streams.writer(tenant, turn, 1, restart=RESTART).append([b"secret"])
        assert await streams.read(TenantId.new(), turn) is None

    async def test_an_expected_stream_is_waited_for(self, streams: LiveStreams, tenant: TenantId, turn: TurnId) -> None:
        reader = await streams.read(tenant, turn, expected=True)
        returning = await streams.read(tenant, turn, FrameId(1, 7), expected=True)
        assert await streams.read(tenant, turn) is None
        collected = asyncio.gather(everything(reader), everything(returning))
        await asyncio.sleep(0.01)
        writer = streams.writer(tenant, turn, 2, restart=RESTART)
        writer.append([b"1"])
        writer.finish()
        assert list(await collected) == [frames(2, b"1"), frame(2, 0, RESTART) + frames(2, b"1")]

    async def test_a_silent_stream_gives_signs_of_life(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        writer = streams.writer(tenant, turn, 1, restart=RESTART)
        reader = await streams.read(tenant, turn, heartbeat=0.02)
        assert reader is not None
        async with asyncio.timeout(PATIENCE):
            assert await anext(reader) == KEEP_ALIVE
            assert await anext(reader) == KEEP_ALIVE
        writer.append([b"1"])
        writer.finish()
        assert (await everything(reader)).replace(KEEP_ALIVE, b"") == frames(1, b"1")

    async def test_waiting_may_be_broken_off_and_taken_up(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        writer = streams.writer(tenant, turn, 1, restart=RESTART)
        reader = await streams.read(tenant, turn)
        assert reader is not None
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.005):
                    await anext(reader)
        writer.append([b"1"])
        writer.finish()
        assert await everything(reader) == frames(1, b"1")

    async def test_closing_ends_the_iteration(self, streams: LiveStreams, tenant: TenantId, turn: TurnId) -> None:
        streams.writer(tenant, turn, 1, restart=RESTART)
        reader = await streams.read(tenant, turn, heartbeat=60)
        collected = asyncio.create_task(everything(reader))
        await asyncio.sleep(0.01)
        assert reader is not None
        reader.close()
        reader.close()
        assert await collected == b""
        assert not reader.finished

    async def test_closing_all_streams_lets_every_reader_go(
        self, streams: LiveStreams, tenant: TenantId, turn: TurnId
    ) -> None:
        streams.writer(tenant, turn, 1, restart=RESTART).append([b"1"])
        reader = await streams.read(tenant, turn)
        collected = asyncio.create_task(everything(reader))
        await asyncio.sleep(0.01)
        await streams.close()
        assert await collected == frames(1, b"1")
        assert reader is not None
        assert not reader.finished
