"""Bringing frames from Redis: one task and one connection per process, for all streams that have clients.

What is read goes into a mirror in memory, from which each client takes at its own pace.
"""

import asyncio
import contextlib
import random
import time
from uuid import uuid4

import structlog

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.redis.server import REDIS_FAULTS, RedisServer
from medea.kernel.redis.wire import Command, end_task, raised
from medea.kernel.streams.base import FrameId
from medea.kernel.streams.memory import MemoryReader, MemoryStreams, MemoryWriter
from medea.kernel.streams.redis.layout import Entry, read_entry

Key = tuple[TenantId, TurnId]

LOST_SECONDS = 10.0  # Redis may be away for so long before clients are sent elsewhere
CHECK_SECONDS = 2.0  # between two looks whether streams that are silent are still there
PACE_SECONDS = 0.004  # between two reads, so that one brings the news of many streams
MIRROR_SECONDS = 5.0  # an ended stream stays in memory for those who are coming back just now
_SLACK_SECONDS = 3.0  # for the answer, over the time that Redis was asked to wait
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds between attempts to connect
_WAKE_MS = 3_600_000
_UNBOUNDED = 2**40

_log = structlog.get_logger()


class _Followed:
    """A stream with clients here.

    Attributes:
        place: id of the last entry that is in the mirror.
        seq: number of the last frame that is in the mirror.
        writer: of the mirror; None until the stream has begun.
        misses: how often in a row it was not there.
        joining: clients that are about to read it.
    """

    __slots__ = ("attempt", "joining", "key", "misses", "name", "place", "seq", "writer")

    def __init__(self, key: Key, name: str) -> None:
        self.key = key
        self.name = name
        self.place = b"0-0"
        self.attempt = 0
        self.seq = 0
        self.writer: MemoryWriter | None = None
        self.misses = 0
        self.joining = 0


class Incoming:
    """All streams that somebody reads in this process.

    Args:
        server: where from.
        lost_seconds: after which clients no longer wait for Redis.
        check_seconds: between two looks at streams that are silent.
    """

    def __init__(
        self, server: RedisServer, *, lost_seconds: float = LOST_SECONDS, check_seconds: float = CHECK_SECONDS
    ) -> None:
        self._server = server
        self._lost_seconds = lost_seconds
        self._check_seconds = check_seconds
        self._wire = server.waiting_wire(check_seconds + _SLACK_SECONDS)
        self.mirror = MemoryStreams(keep_seconds=MIRROR_SECONDS, stream_bytes=_UNBOUNDED, on_unread=self._leave)
        self._followed: dict[Key, _Followed] = {}
        self._names: dict[bytes, _Followed] = {}
        self._wake_name = server.key("wake", uuid4().hex)
        self._wake_place = b"0-0"
        self._something = asyncio.Event()
        self._next_check = 0.0
        self._task = asyncio.create_task(self._run(), name="live-streams-in")

    async def read(
        self, key: Key, after: FrameId | None, *, expected: bool, heartbeat: float | None
    ) -> MemoryReader | None:
        """Read a stream from the mirror, which is brought as far as Redis is where that matters."""
        if self._task.done():
            return None  # closed
        if not self.mirror.reaches(*key, after):
            followed = self._follow(key)
            followed.joining += 1  # so that a client that leaves meanwhile does not take it away
            try:
                await self._catch_up(followed, is_new=expected and after is None)
            except BaseException:
                followed.joining -= 1
                self._leave(*key)
                raise
            followed.joining -= 1
            if self._followed.get(key) is not followed and not self.mirror.reaches(*key, after):
                return None  # lost meanwhile
        reader = await self.mirror.read(*key, after, expected=expected, heartbeat=heartbeat)
        if reader is None:
            self._leave(*key)
        return reader

    def _follow(self, key: Key) -> _Followed:
        followed = self._followed.get(key)
        if followed is None:
            followed = _Followed(key, self._server.key("stream", *key))
            self._followed[key] = self._names[followed.name.encode()] = followed
            self._something.set()
        return followed

    async def _catch_up(self, followed: _Followed, *, is_new: bool) -> None:
        """Have the reading task notice a stream, and read what there is at once, unless nothing can be missed."""
        place = followed.place
        commands: list[Command] = [
            ("XADD", self._wake_name, "MAXLEN", "1", "*", "w", ""),
            ("PEXPIRE", self._wake_name, _WAKE_MS),
        ]
        if not is_new:
            commands.append(("XRANGE", followed.name, b"(" + place, "+"))
        try:
            answers = raised(await self._server.wire.ask_all(commands))
        except REDIS_FAULTS:
            return  # the reading task is looking after it
        if not is_new and self._followed.get(followed.key) is followed:
            self._take(followed, place, answers[-1])

    def _leave(self, tenant_id: TenantId, turn_id: TurnId) -> None:
        """Follow a stream no longer, unless somebody here reads it."""
        key = (tenant_id, turn_id)
        followed = self._followed.get(key)
        if followed is not None and not followed.joining and not self.mirror.is_read(*key):
            self._lose(key)

    async def close(self) -> None:
        """End all readers and stop reading."""
        await end_task(self._task)
        self._followed.clear()
        self._names.clear()
        await self.mirror.close()
        with contextlib.suppress(*REDIS_FAULTS):
            await self._server.wire.ask("DEL", self._wake_name)
        await self._wire.close()

    def _forget(self, key: Key) -> None:
        followed = self._followed.pop(key)
        self._names.pop(followed.name.encode(), None)

    def _lose(self, key: Key) -> None:
        """Let the clients of a stream go, although it has not ended."""
        self._forget(key)
        self.mirror.drop(*key)

    async def _run(self) -> None:
        away_since, pause = 0.0, _FIRST_PAUSE
        while True:
            if not self._followed:
                self._something.clear()
                await self._something.wait()
            try:
                await self._read()
                await self._check()
            except Exception as error:  # noqa: BLE001 - whatever it is, this task must go on
                now = time.monotonic()
                if not away_since:
                    away_since = now
                    _log.warning("streams.redis_unread", error=repr(error))
                if now - away_since >= self._lost_seconds:
                    for key in list(self._followed):
                        self._lose(key)
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                if away_since:
                    _log.info("streams.redis_read_again")
                away_since, pause = 0.0, _FIRST_PAUSE

    async def _read(self) -> None:
        """Wait for news of any stream, or for a new one to be waited for."""
        began = time.monotonic()
        places = {name: followed.place for name, followed in self._names.items()}
        wait = max(1, round(min(self._check_seconds, max(0.0, self._next_check - began)) * 1000))
        read: Command = (
            "XREAD",
            "BLOCK",
            wait,
            "STREAMS",
            self._wake_name,
            *places,
            self._wake_place,
            *places.values(),
        )
        for name, entries in await self._wire.ask(*read) or ():
            followed = self._names.get(name)
            if followed is not None:
                self._take(followed, places[name], entries)
            elif name == self._wake_name.encode():
                self._wake_place = entries[-1][0]
        if (rest := began + PACE_SECONDS - time.monotonic()) > 0:
            await asyncio.sleep(rest)

    async def _check(self) -> None:
        """Let go of streams that were there and are not any more: nobody writes them, or only from now on."""
        now = time.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + self._check_seconds
        begun = [followed for followed in self._followed.values() if followed.writer is not None]
        if not begun:
            return
        answers = raised(await self._server.wire.ask_all([("EXISTS", followed.name) for followed in begun]))
        for followed, is_there in zip(begun, answers, strict=True):
            followed.misses = 0 if is_there else followed.misses + 1
            # a writer that notices writes it anew within moments
            if followed.misses > 1 and self._followed.get(followed.key) is followed:
                self._lose(followed.key)

    def _take(self, followed: _Followed, asked_from: bytes, entries: list[tuple[bytes, list[bytes]]]) -> None:
        """Put entries into the mirror, those that it has already excepted."""
        for entry_id, fields in entries:
            entry = read_entry(entry_id, fields)
            if (entry.attempt, entry.seq) <= (followed.attempt, followed.seq):
                continue
            if not self._add(followed, entry):
                if asked_from == followed.place:  # the beginning is gone for good
                    self._lose(followed.key)
                return  # otherwise an answer from before we asked anew: the next one has it all
            followed.place = entry_id
            if entry.is_end:
                self._forget(followed.key)
                return

    def _add(self, followed: _Followed, entry: Entry) -> bool:
        """Put one entry into the mirror; False when something is missing before it."""
        if entry.seq == 0:
            followed.writer = self.mirror.writer(*followed.key, entry.attempt, restart=entry.notice)
            followed.attempt, followed.seq = entry.attempt, 0
            return True
        writer = followed.writer
        if writer is None or entry.attempt != followed.attempt:
            return False
        if entry.is_end:
            writer.finish()
            return True
        known = followed.seq - (entry.seq - len(entry.payloads))
        if known < 0:
            return False
        writer.append(entry.payloads[known:])
        followed.seq = entry.seq
        return True
