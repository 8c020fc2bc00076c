"""Bringing frames to Redis: all streams of a process in one pipeline, about every 15 ms.

A writer never waits and never fails because of Redis. It keeps its attempt in memory until Redis has all of
it, so that whatever Redis misses or forgets while the turn runs is sent again.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.redis.server import RedisServer
from medea.kernel.redis.wire import Command, end_task
from medea.kernel.spreading import spread
from medea.kernel.streams.base import StreamSuperseded, StreamTooLong
from medea.kernel.streams.memory import ABANDONED_SECONDS, KEEP_SECONDS, STREAM_BYTES
from medea.kernel.streams.redis.layout import ADD, BEGIN, END_SEQ, FINISH, join_payloads

Key = tuple[TenantId, TurnId]

COALESCE_SECONDS = 0.015
GIVE_UP_SECONDS = 60.0  # an ended stream that Redis would not take: by now the stored reply has replaced it
_PROMPT_FLUSHES = 2  # of a stream, before it takes part in coalescing: its start and its first text
_FRAME_BYTES = 24  # what the id and the line breaks of a frame need
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0  # seconds between attempts while Redis is away

_log = structlog.get_logger()


class RedisWriter:
    """Writes one attempt. See `StreamWriter`. Writers of one attempt in one process are one.

    Attributes:
        base: frames that another process wrote before; None until Redis has told.
        sent: how many of `payloads` Redis has.
        is_synced: what Redis has is known.
        is_over: nothing may be written any more; another attempt has begun, or the end was written elsewhere.
    """

    __slots__ = (
        "_outgoing",
        "_size",
        "attempt",
        "base",
        "finished_at",
        "flushes",
        "is_dirty",
        "is_finished",
        "is_over",
        "is_synced",
        "key",
        "name",
        "payloads",
        "restart",
        "sent",
        "touched_at",
    )

    def __init__(self, outgoing: "Outgoing", key: Key, name: str, attempt: int, restart: bytes) -> None:
        self._outgoing = outgoing
        self.key = key
        self.name = name
        self.attempt = attempt
        self.restart = restart
        self.payloads: list[bytes] = []
        self._size = 0
        self.base: int | None = None
        self.sent = 0
        self.flushes = 0
        self.is_dirty = self.is_finished = self.is_over = self.is_synced = False
        self.finished_at = 0.0
        self.touched_at = time.monotonic()

    def append(self, payloads: Sequence[bytes]) -> None:
        """Add frames."""
        if self.is_finished or self.is_over:
            raise StreamSuperseded()
        if not payloads:
            return
        self.payloads.extend(payloads)
        for payload in payloads:
            self._size += len(payload) + _FRAME_BYTES
        if not self.is_dirty:
            self._outgoing.touch(self)
        if self._size > self._outgoing.stream_bytes:
            self.finish()
            raise StreamTooLong()

    def finish(self) -> None:
        """End the stream."""
        if self.is_finished or self.is_over:
            return
        self.is_finished = True
        self.finished_at = time.monotonic()
        self._outgoing.touch(self)

    def entry(self, sent: int) -> str:
        """Return the id of the entry that ends with so many of our payloads."""
        return f"{self.attempt}-{(self.base or 0) + sent}"

    @property
    def is_settled(self) -> bool:
        """Whether Redis has all of it, as far as this process knows."""
        return self.is_synced and not self.is_finished and self.sent == len(self.payloads)

    def is_stale(self, now: float) -> bool:
        """Say whether nobody will write any more, or nobody will want it."""
        if self.is_finished:
            return now - self.finished_at > GIVE_UP_SECONDS
        return now - self.touched_at > ABANDONED_SECONDS


@dataclass(frozen=True, slots=True)
class _Sending:
    """One command in a pipeline, and what its success means."""

    writer: RedisWriter
    what: str  # begin, add or finish
    upto: int


class Outgoing:
    """All streams that this process writes.

    Args:
        server: where to.
        keep_seconds: how long a stream is kept after its end.
        stream_bytes: bound of one stream.
    """

    def __init__(
        self, server: RedisServer, *, keep_seconds: float = KEEP_SECONDS, stream_bytes: int = STREAM_BYTES
    ) -> None:
        self._server = server
        self._keep = round(keep_seconds * 1000)
        self.stream_bytes = stream_bytes
        self._writers: dict[Key, RedisWriter] = {}
        self._dirty: list[RedisWriter] = []
        self._due = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._last = 0.0
        self._rounds: list[asyncio.Future[None]] = []
        self._is_sending = False
        self._is_away = False
        self._next_sweep = time.monotonic() + ABANDONED_SECONDS / 4
        self._task = asyncio.create_task(self._run(), name="live-streams-out")

    def writer(self, key: Key, attempt: int, restart: bytes) -> RedisWriter:
        """Begin an attempt, or go on with the present one.

        Raises:
            StreamSuperseded: a newer one has begun in this process. One of another process is known by the
                next `append` after Redis has told.
        """
        known = self._writers.get(key)
        if known is not None:
            if attempt < known.attempt or (attempt == known.attempt and (known.is_finished or known.is_over)):
                raise StreamSuperseded()
            if attempt == known.attempt:
                return known
            known.is_over = True
        made = RedisWriter(self, key, self._server.key("stream", *key), attempt, restart)
        self._writers[key] = made
        self.touch(made)
        return made

    def touch(self, writer: RedisWriter) -> None:
        """Have a writer's news sent: soon, or at once where somebody waits for the first of it."""
        if not writer.is_dirty:
            writer.is_dirty = True
            self._dirty.append(writer)
        if writer.flushes < _PROMPT_FLUSHES:
            self._due.set()
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            due = self._last + COALESCE_SECONDS
            if due <= loop.time():
                self._due.set()
            else:
                self._timer = loop.call_at(due, self._due.set)

    async def settle(self, key: Key, seconds: float = 1.0) -> None:
        """Wait until Redis has what this process has written of a stream; not for long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (writer := self._writers.get(key)) is not None and not self._is_away and not writer.is_settled:
                    await self._next_round()

    async def close(self, seconds: float = 2.0) -> None:
        """Send what is left, if Redis takes it, and stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while (self._dirty or self._is_sending) and not self._is_away and not self._task.done():
                    await self._next_round()
        await end_task(self._task)
        if self._timer is not None:
            self._timer.cancel()
        self._writers.clear()

    async def _next_round(self) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rounds.append(future)
        await future

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            await self._due.wait()
            self._due.clear()
            batch = self._take()
            self._is_sending = True
            try:
                has_asked = await self._send(batch)
            except Exception as error:  # noqa: BLE001 - whatever it is, this task must go on
                self._put_back(batch, error)
                self._end_round()
                await asyncio.sleep(spread(pause))
                pause = min(pause * 2, _LONGEST_PAUSE)
                self._due.set()
            else:
                if has_asked:
                    pause = _FIRST_PAUSE
                    self._came_back()
                self._end_round()
            self._sweep(time.monotonic())

    def _take(self) -> list[RedisWriter]:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._last = asyncio.get_running_loop().time()
        batch, self._dirty = self._dirty, []
        for writer in batch:
            writer.is_dirty = False
        return batch

    def _end_round(self) -> None:
        self._is_sending = False
        rounds, self._rounds = self._rounds, []
        for future in rounds:
            if not future.done():
                future.set_result(None)

    def _put_back(self, batch: list[RedisWriter], error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            _log.warning("streams.redis_away", error=repr(error))
        for writer in batch:
            writer.is_synced = False  # what arrived before the fault is not known
            if not writer.is_dirty:
                writer.is_dirty = True
                self._dirty.append(writer)

    def _came_back(self) -> None:
        """Have all streams looked after: Redis may have lost its memory."""
        if not self._is_away:
            return
        self._is_away = False
        _log.info("streams.redis_back")
        for writer in self._writers.values():
            writer.is_synced = False
            self.touch(writer)

    def _sweep(self, now: float) -> None:
        if self._is_away or now >= self._next_sweep:
            self._next_sweep = now + ABANDONED_SECONDS / 4
            for writer in [writer for writer in self._writers.values() if writer.is_stale(now)]:
                self._leave(writer)
            self._dirty = [writer for writer in self._dirty if not writer.is_over]

    async def _send(self, batch: list[RedisWriter]) -> bool:
        commands: list[Command] = []
        writers = [writer for writer in batch if not writer.is_over]
        adding = self._adding(commands, writers)
        sending = [one for writer in writers for one in self._other(commands, writer)]
        if not commands:
            return False
        answers = await self._server.wire.ask_all(commands)
        if adding:
            answers[:1] = answers[0] if isinstance(answers[0], list) else answers[:1] * len(adding)
        # all answers are taken note of before a fault among them is raised
        told = zip(adding + sending, answers, strict=True)
        faults = [fault for one, answer in told if (fault := self._answered(one, answer))]
        if faults:
            raise faults[0]
        return True

    def _adding(self, commands: list[Command], writers: list[RedisWriter]) -> list[_Sending]:
        """Queue, as one command, what Redis lacks of streams that it has the beginning of."""
        adding: list[_Sending] = []
        names: list[str] = []
        values: list[str | bytes] = []
        for writer in writers:
            writer.flushes += 1
            writer.touched_at = time.monotonic()
            upto = len(writer.payloads)
            if writer.is_synced and upto > writer.sent:
                names.append(writer.name)
                text = join_payloads(writer.payloads[writer.sent :])
                values += (writer.entry(writer.sent), writer.entry(upto), text)
                adding.append(_Sending(writer, "add", upto))
        if adding:
            commands.append(("EVAL", ADD, len(names), *names, *values))
        return adding

    def _other(self, commands: list[Command], writer: RedisWriter) -> list[_Sending]:
        """Queue the question how much Redis has of a stream, or its end."""
        upto = len(writer.payloads)
        if not writer.is_synced:
            is_first = writer.base is None
            count = upto if is_first else 0
            text = join_payloads(writer.payloads) if is_first else b""
            keep = round(ABANDONED_SECONDS * 1000)
            commands.append(("EVAL", BEGIN, 1, writer.name, writer.attempt, writer.restart, keep, count, text))
            return [_Sending(writer, "begin", count)]
        if writer.is_finished:
            end = f"{writer.attempt}-{END_SEQ}"
            commands.append(("EVAL", FINISH, 1, writer.name, writer.entry(upto), end, self._keep))
            return [_Sending(writer, "finish", upto)]
        return []

    def _answered(self, one: _Sending, answer: Any) -> Exception | None:
        writer = one.writer
        if isinstance(answer, Exception):
            return answer
        if one.what == "begin":
            self._began(writer, one.upto, *answer)
        elif not answer:
            self._doubt(writer)  # there is no such stream, or it is not as we left it
        elif one.what == "add":
            writer.sent = one.upto
        else:
            self._leave(writer)
        return None

    def _began(self, writer: RedisWriter, count: int, code: int, seq: int) -> None:
        if code == -1:
            self._leave(writer)
            return
        if writer.base is None:
            writer.base, writer.sent = seq, count
        else:
            writer.sent = seq - writer.base  # less than nothing: what another process wrote is lost
            if not 0 <= writer.sent <= len(writer.payloads):
                self._leave(writer)
                return
        writer.is_synced = True
        if writer.sent < len(writer.payloads) or writer.is_finished:
            self.touch(writer)

    def _doubt(self, writer: RedisWriter) -> None:
        if not writer.is_over:
            writer.is_synced = False
            self.touch(writer)

    def _leave(self, writer: RedisWriter) -> None:
        """Be done with a stream: Redis has all of it, or wants no more."""
        writer.is_over = True
        writer.payloads = []
        if self._writers.get(writer.key) is writer:
            del self._writers[writer.key]
