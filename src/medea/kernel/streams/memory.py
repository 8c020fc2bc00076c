"""Live streams in the memory of one process."""

import asyncio
import time
from array import array
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.streams.base import KEEP_ALIVE, FrameId, StreamSuperseded, StreamTooLong

KEEP_SECONDS = 600.0  # after the end
ABANDONED_SECONDS = 3600.0  # without a frame and without an end: nobody will write any more
STREAM_BYTES = 16 * 1024 * 1024  # bound of one stream
FINISHED_BYTES = 128 * 1024 * 1024  # bound of all that are kept after their end

Key = tuple[TenantId, TurnId]


class _Log:
    """The frames of one attempt: a list while it is written, one piece with offsets afterwards."""

    __slots__ = ("attempt", "count", "ends", "finished", "frames", "head", "restart", "size", "text")

    def __init__(self, attempt: int, restart: bytes) -> None:
        self.attempt = attempt
        self.head = b"id: %d-" % attempt
        self.restart = b"id: %d-0\ndata: %b\n\n" % (attempt, restart)
        self.frames: list[bytes] = []
        self.count = 0
        self.size = 0
        self.finished = False
        self.text = b""
        self.ends = array("I")

    def finish(self) -> None:
        """End it and join the frames: what has ended is kept for long and read seldom."""
        end = 0
        for frame in self.frames:
            end += len(frame)
            self.ends.append(end)
        self.text = b"".join(self.frames)
        self.frames = []
        self.finished = True

    def after(self, seq: int) -> bytes:
        """Return everything after a frame."""
        if not self.finished:
            return b"".join(self.frames[seq:])
        return self.text[self.ends[seq - 1] if seq else 0 :]


class _Stream:
    """One turn: its present attempt and who waits for more."""

    __slots__ = ("closed", "key", "log", "readers", "seen", "waiting")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.log: _Log | None = None
        self.readers = 0
        self.waiting: list[asyncio.Future[bool]] = []
        self.closed = False
        self.seen: tuple[int, int, float] | None = None  # attempt, frames and time at the last sweep

    def wake(self) -> None:
        """Let waiting readers run in the next turn of the event loop; until then more may be added."""
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(True)

    def end(self) -> None:
        """Let readers go although there was no end."""
        self.closed = True
        self.wake()


class MemoryWriter:
    """Writes one attempt. See `StreamWriter`."""

    __slots__ = ("_finished", "_limit", "_log", "_stream")

    def __init__(self, stream: _Stream, log: _Log, limit: int, finished: Callable[[_Stream], None]) -> None:
        self._stream = stream
        self._log = log
        self._limit = limit
        self._finished = finished

    def append(self, payloads: Sequence[bytes]) -> None:
        """Add frames."""
        log, stream = self._log, self._stream
        if log.finished or stream.log is not log:
            raise StreamSuperseded()
        frames, head, seq, size = log.frames, log.head, log.count, log.size
        for payload in payloads:
            seq += 1
            frame = b"%b%d\ndata: %b\n\n" % (head, seq, payload)
            size += len(frame)
            frames.append(frame)
        log.count, log.size = seq, size
        if stream.waiting:
            stream.wake()
        if size > self._limit:
            self.finish()
            raise StreamTooLong()

    def finish(self) -> None:
        """End the stream."""
        log, stream = self._log, self._stream
        if log.finished or stream.log is not log:
            return
        log.finish()
        self._finished(stream)
        stream.wake()


class MemoryReader:
    """One client's place. See `StreamReader`."""

    __slots__ = (
        "_after",
        "_closed",
        "_future",
        "_heartbeat",
        "_left",
        "_log",
        "_notice",
        "_quiet_since",
        "_seq",
        "_stream",
        "_timer",
        "finished",
        "restarted",
    )

    def __init__(
        self, stream: _Stream, after: FrameId | None, heartbeat: float | None, left: Callable[[_Stream], None]
    ) -> None:
        self._stream = stream
        self._after = after
        self._left = left
        self._heartbeat = heartbeat
        self._log: _Log | None = None
        self._seq = 0
        self._future: asyncio.Future[bool] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_since = 0.0
        self._closed = False
        self.restarted = False
        self.finished = False
        stream.readers += 1
        # decided here, so that `restarted` is known before the first frame is asked for
        self._notice = b"" if stream.log is None else self._attach(stream.log)

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate."""
        return self

    async def __anext__(self) -> bytes:
        """Return everything new in one piece."""
        stream = self._stream
        while not self._closed:
            if new := self._new():
                return new
            if (log := stream.log) is not None and log.finished:
                self.finished = True
                break
            if stream.closed:
                break
            if not await self._wait():
                return KEEP_ALIVE
        self.close()
        raise StopAsyncIteration

    def close(self) -> None:
        """Stop reading."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._future is not None and not self._future.done():
            self._future.set_result(True)
        self._left(self._stream)

    def _attach(self, log: _Log) -> bytes:
        """Go over to an attempt; return the notice that the client needs, if it has read another."""
        after, self._after = self._after, None
        fits = after is None or (after.attempt == log.attempt and after.seq <= log.count)
        is_restart = self._log is not None or not fits
        self._log = log
        self._seq = after.seq if after is not None and fits else 0
        self.restarted = self.restarted or is_restart
        return log.restart if is_restart else b""

    def _new(self) -> bytes:
        log = self._stream.log
        if log is None:
            return b""
        notice, self._notice = self._notice, b""
        if log is not self._log:
            notice = self._attach(log)
        if self._seq == log.count:
            return notice
        new = log.after(self._seq)
        self._seq = log.count
        return notice + new if notice else new

    async def _wait(self) -> bool:
        """Wait for news; False says that it is only time for a sign of life."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        stream = self._stream
        stream.waiting.append(future)
        self._future = future
        if self._heartbeat is not None:
            self._quiet_since = loop.time()
            if self._timer is None:
                self._timer = loop.call_later(self._heartbeat, self._beat)
        try:
            return await future
        finally:
            self._future = None
            if future in stream.waiting:
                stream.waiting.remove(future)

    def _beat(self) -> None:
        """One timer per reader, moved on when it fires: frames come far more often than it does."""
        if self._closed or self._heartbeat is None:
            return
        loop = asyncio.get_running_loop()
        quiet = loop.time() - self._quiet_since
        if quiet >= self._heartbeat * 0.99 and self._future is not None:
            if not self._future.done():
                self._future.set_result(False)
            quiet = 0.0
        self._timer = loop.call_later(max(self._heartbeat - quiet, 0.001), self._beat)


class MemoryStreams:
    """All live streams of this process. See `LiveStreams`.

    Args:
        clock: seconds, rising; for tests.
        keep_seconds: how long a stream is kept after its end.
        stream_bytes: bound of one stream.
        finished_bytes: bound of all ended streams together; the oldest goes first.
        on_unread: called when the last reader of a stream has left.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        keep_seconds: float = KEEP_SECONDS,
        stream_bytes: int = STREAM_BYTES,
        finished_bytes: int = FINISHED_BYTES,
        on_unread: Callable[[TenantId, TurnId], None] | None = None,
    ) -> None:
        self._clock = clock
        self._keep = keep_seconds
        self._stream_bytes = stream_bytes
        self._finished_bytes = finished_bytes
        self._on_unread = on_unread
        self._streams: dict[Key, _Stream] = {}
        self._ended: OrderedDict[Key, tuple[float, int]] = OrderedDict()  # when, how many bytes
        self._kept = 0
        self._next_sweep = clock() + ABANDONED_SECONDS / 4
        self._is_closed = False

    def writer(self, tenant_id: TenantId, turn_id: TurnId, attempt: int, *, restart: bytes) -> MemoryWriter:
        """Begin an attempt, or go on with the present one."""
        self._expire()
        stream = self._stream((tenant_id, turn_id))
        log = stream.log
        if log is not None and (attempt < log.attempt or (attempt == log.attempt and log.finished)):
            raise StreamSuperseded()
        if log is None or attempt > log.attempt:
            self._forget_end(stream.key)
            log = stream.log = _Log(attempt, restart)
            stream.closed = False
            stream.wake()
        return MemoryWriter(stream, log, self._stream_bytes, self._on_end)

    async def read(
        self,
        tenant_id: TenantId,
        turn_id: TurnId,
        after: FrameId | None = None,
        *,
        expected: bool = False,
        heartbeat: float | None = None,
    ) -> MemoryReader | None:
        """Read a stream from the beginning or after a frame."""
        self._expire()
        key = (tenant_id, turn_id)
        if self._is_closed or (not expected and ((known := self._streams.get(key)) is None or known.log is None)):
            return None
        return MemoryReader(self._stream(key), after, heartbeat, self._on_left)

    def reaches(self, tenant_id: TenantId, turn_id: TurnId, after: FrameId | None) -> bool:
        """Say whether a stream has begun here and goes at least as far as a frame, or has ended."""
        stream = self._streams.get((tenant_id, turn_id))
        if stream is None or (log := stream.log) is None:
            return False
        return log.finished or after is None or (after.attempt, after.seq) <= (log.attempt, log.count)

    def is_read(self, tenant_id: TenantId, turn_id: TurnId) -> bool:
        """Say whether a stream has readers."""
        stream = self._streams.get((tenant_id, turn_id))
        return stream is not None and stream.readers > 0

    def drop(self, tenant_id: TenantId, turn_id: TurnId) -> None:
        """Forget a stream; its readers end, and have not finished unless it had ended."""
        key = (tenant_id, turn_id)
        stream = self._streams.pop(key, None)
        if stream is not None:
            self._forget_end(key)
            stream.end()

    async def close(self) -> None:
        """End all readers; nothing more is kept."""
        self._is_closed = True
        for stream in self._streams.values():
            stream.end()
        self._streams.clear()
        self._ended.clear()
        self._kept = 0

    @property
    def size(self) -> tuple[int, int]:
        """Streams held, and bytes of those that have ended."""
        return len(self._streams), self._kept

    def _stream(self, key: Key) -> _Stream:
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = _Stream(key)
        return stream

    def _on_left(self, stream: _Stream) -> None:
        stream.readers -= 1
        if stream.readers == 0:
            if stream.log is None and self._streams.get(stream.key) is stream:
                del self._streams[stream.key]
            if self._on_unread is not None:
                self._on_unread(*stream.key)

    def _on_end(self, stream: _Stream) -> None:
        if stream.log is not None and self._streams.get(stream.key) is stream:
            size = stream.log.size
            self._ended[stream.key] = (self._clock(), size)
            self._kept += size
            self._expire()

    def _forget_end(self, key: Key) -> None:
        if (ended := self._ended.pop(key, None)) is not None:
            self._kept -= ended[1]

    def _expire(self) -> None:
        now = self._clock()
        while self._ended:
            key, (at, _) = next(iter(self._ended.items()))
            if now - at < self._keep and self._kept <= self._finished_bytes:
                break
            self._forget_end(key)
            del self._streams[key]
        if now >= self._next_sweep:
            self._next_sweep = now + ABANDONED_SECONDS / 4
            self._sweep(now)

    def _sweep(self, now: float) -> None:
        for key, stream in list(self._streams.items()):
            log = stream.log
            if key in self._ended:
                continue
            attempt, count = (log.attempt, log.count) if log is not None else (0, 0)
            if stream.seen is None or stream.seen[:2] != (attempt, count):
                stream.seen = (attempt, count, now)
            elif now - stream.seen[2] >= ABANDONED_SECONDS:
                del self._streams[key]
                stream.end()
