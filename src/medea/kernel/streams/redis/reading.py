"""Bringing frames from Redis: one connection per process, over which news of streams with clients here come unasked.

Redis closes a connection that hears when too much waits to be sent over it (`client-output-buffer-limit pubsub`). So
nothing large is asked over that one, only for channels; streams are read over the connection for all else.
What is heard goes into a mirror in memory, from which each client takes at its own pace. Publishing promises nothing:
whatever was missed is seen in the numbers of the next entry, or by looking every two seconds, and read from the stream.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import structlog

from medea.kernel.ids import TenantId, TurnId
from medea.kernel.redis.server import COMMAND_SECONDS, REDIS_FAULTS, RedisServer
from medea.kernel.redis.wire import Command, end_task, raised
from medea.kernel.spreading import spread
from medea.kernel.streams.base import FrameId
from medea.kernel.streams.memory import MemoryReader, MemoryStreams, MemoryWriter
from medea.kernel.streams.redis.layout import Entry, position_of, read_entry, read_published

Key = tuple[TenantId, TurnId]

LOST_SECONDS = 10.0  # Redis may be away for so long before clients are sent elsewhere
CHECK_SECONDS = 2.0  # between two looks whether all is there that should be
MIRROR_SECONDS = 5.0  # an ended stream stays in memory for those who are coming back just now
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds between attempts to connect
_UNBOUNDED = 2**40
# how much is asked at once: answers come within seconds, and with them those of everybody behind
_CHANNELS = 200
_STREAMS = 4  # whole ones
_READING = 4  # times as many, for all who come
_ENTRIES = 50

_log = structlog.get_logger()


class _Followed:
    """A stream with clients here.

    Attributes:
        place: id of the last entry that is in the mirror.
        seq: number of the last frame that is in the mirror.
        writer: of the mirror; None until the stream has begun.
        misses: how often in a row it was not there.
        joining: clients that are about to read it.
        is_heard: its channel is subscribed to, and the mirror has all that came before what comes next.
        early: what was published while that is not so.
    """

    __slots__ = ("attempt", "early", "is_heard", "joining", "key", "misses", "name", "place", "seq", "writer")

    def __init__(self, key: Key, name: str) -> None:
        self.key = key
        self.name = name
        self.place = b"0-0"
        self.attempt = 0
        self.seq = 0
        self.writer: MemoryWriter | None = None
        self.misses = 0
        self.joining = 0
        self.early: list[bytes] = []
        self.is_heard = False


class Incoming:
    """All streams that somebody reads in this process.

    Args:
        server: where from.
        lost_seconds: after which clients no longer wait for Redis.
        check_seconds: between two looks at all streams.
    """

    def __init__(
        self, server: RedisServer, *, lost_seconds: float = LOST_SECONDS, check_seconds: float = CHECK_SECONDS
    ) -> None:
        self._server = server
        self._lost_seconds = lost_seconds
        self._check_seconds = check_seconds
        self._wire = server.hearing_wire(self._hear, self._on_lost)
        self.mirror = MemoryStreams(keep_seconds=MIRROR_SECONDS, stream_bytes=_UNBOUNDED, on_unread=self._leave)
        self._followed: dict[Key, _Followed] = {}
        self._names: dict[bytes, _Followed] = {}
        self._unwanted: set[str] = set()  # channels that are still subscribed to
        self._something = asyncio.Event()  # to be done before the next check
        self._next_check = 0.0
        self._connection = 0  # how often it was lost
        self._reading = asyncio.Semaphore(_READING)
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
                await self._catch_up([followed])
            except REDIS_FAULTS:
                self._something.set()  # the task looks after it
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
            if len(self._followed) == 1:
                self._something.set()
        return followed

    async def _catch_up(self, behind: list[_Followed]) -> None:
        """Hear streams from now on, and read what they had before.

        Raises:
            RedisError, OSError, TimeoutError: Redis is away.
        """
        for channels in _portions(behind, _CHANNELS):
            connection = self._connection
            await self._subscribe(channels)
            for streams in _portions(channels, _STREAMS):
                await self._read_on([each for each in streams if self._is_followed(each)], connection)

    async def _subscribe(self, behind: list[_Followed]) -> None:
        """Hear streams from when this returns, or earlier.

        Raises:
            RedisError, OSError, TimeoutError: see `_catch_up`.
        """
        names = [followed.name for followed in behind if self._is_followed(followed)]
        self._unwanted.difference_update(names)
        if names:
            raised(await self._wire.ask_all([("SUBSCRIBE", name) for name in names]))

    async def _read_on(self, behind: list[_Followed], connection: int) -> None:
        """Read what streams had before, of which all is heard over the connection of this number.

        Raises:
            RedisError, OSError, TimeoutError: see `_catch_up`.
        """
        async with asyncio.timeout(COMMAND_SECONDS):
            await self._reading.acquire()
        try:
            places = [followed.place for followed in behind]
            answers = await self._ask(
                [("XRANGE", followed.name, b"(" + place, "+") for followed, place in zip(behind, places, strict=True)]
            )
        finally:
            self._reading.release()
        for followed, place, entries in zip(behind, places, answers, strict=True):
            if not self._is_followed(followed):
                continue
            early, followed.early = followed.early, []
            followed.is_heard = connection == self._connection
            if not self._take(followed, (read_entry(*entry) for entry in entries)):
                if followed.place == place:  # the beginning is gone for good
                    self._lose(followed.key)
                else:  # others have read on meanwhile
                    self._doubt(followed)
            elif self._is_followed(followed) and not self._take(followed, map(read_published, early)):
                self._doubt(followed)

    async def _ask(self, commands: Sequence[Command]) -> list[Any]:
        """Ask over the connection that does not hear.

        Raises:
            RedisError, OSError, TimeoutError: Redis is away, or refuses something.
        """
        return raised(await self._server.wire.ask_all(commands)) if commands else []

    async def _say_goodbye(self) -> None:
        """Hear no more what nobody wants to hear.

        Raises:
            RedisError, OSError, TimeoutError: Redis is away.
        """
        while self._unwanted:
            names = [self._unwanted.pop() for _ in range(min(len(self._unwanted), _CHANNELS))]
            raised(await self._wire.ask_all([("UNSUBSCRIBE", name) for name in names]))

    def _is_followed(self, followed: _Followed) -> bool:
        return self._followed.get(followed.key) is followed

    def _hear(self, channel: bytes, message: bytes) -> None:
        followed = self._names.get(channel)
        if followed is None:
            return
        if not followed.is_heard:
            followed.early.append(message)
        elif not self._take(followed, (read_published(message),)):
            followed.early.append(message)
            self._doubt(followed)

    def _doubt(self, followed: _Followed) -> None:
        """Have a stream read of which something was missed."""
        followed.is_heard = False
        self._something.set()

    def _on_lost(self) -> None:
        self._connection += 1
        self._unwanted.clear()
        for followed in self._followed.values():
            followed.is_heard = False
            followed.early.clear()
        self._something.set()

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
        await self._wire.close()

    def _forget(self, key: Key) -> None:
        followed = self._followed.pop(key)
        self._names.pop(followed.name.encode(), None)
        self._unwanted.add(followed.name)

    def _lose(self, key: Key) -> None:
        """Let the clients of a stream go, although it has not ended."""
        self._forget(key)
        self.mirror.drop(*key)

    async def _run(self) -> None:
        away_since, pause = 0.0, _FIRST_PAUSE
        while True:
            await self._wait()
            try:
                await self._catch_up([each for each in self._followed.values() if not (each.is_heard or each.joining)])
                await self._check()
            except Exception as error:  # noqa: BLE001 - whatever it is, this task must go on
                now = time.monotonic()
                if not away_since:
                    away_since = now
                    _log.warning("streams.redis_unread", error=repr(error))
                if now - away_since >= self._lost_seconds:
                    for key in list(self._followed):
                        self._lose(key)
                await asyncio.sleep(spread(pause))
                pause = min(pause * 2, _LONGEST_PAUSE)
                self._something.set()
            else:
                if away_since:
                    _log.info("streams.redis_read_again")
                away_since, pause = 0.0, _FIRST_PAUSE

    async def _wait(self) -> None:
        """Wait until something is to be done, or the next look is due."""
        is_idle = not self._followed and not self._unwanted
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if is_idle else max(0.0, self._next_check - time.monotonic())):
                await self._something.wait()
        self._something.clear()

    async def _check(self) -> None:
        """Look whether anything was missed, and let go of streams that are not there any more."""
        now = time.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + self._check_seconds
        await self._say_goodbye()
        for asked in _portions([followed for followed in self._followed.values() if followed.is_heard], _ENTRIES):
            answers = await self._ask([("XREVRANGE", each.name, "+", "-", "COUNT", 1) for each in asked])
            raised(await self._wire.ask_all([("PING",)]))  # what was published before is heard when this returns
            self._compare(asked, answers)

    def _compare(self, asked: list[_Followed], answers: list[Any]) -> None:
        """Compare what is in the mirror with the newest entries."""
        for followed, newest in zip(asked, answers, strict=True):
            if not self._is_followed(followed):
                continue
            followed.misses = 0 if newest or followed.writer is None else followed.misses + 1
            # a writer that notices writes it anew within moments
            if followed.misses > 1:
                self._lose(followed.key)
            elif newest and position_of(newest[0][0]) > (followed.attempt, followed.seq):
                self._doubt(followed)

    def _take(self, followed: _Followed, entries: Iterable[Entry]) -> bool:
        """Put entries into the mirror, those that it has already excepted; False when one is missing before them."""
        for entry in entries:
            if (entry.attempt, entry.seq) <= (followed.attempt, followed.seq):
                continue
            if not self._add(followed, entry):
                return False
            followed.place = entry.id
            if entry.is_end:
                self._forget(followed.key)
                break
        return True

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


def _portions(all_: list[_Followed], size: int) -> Iterator[list[_Followed]]:
    return (all_[start : start + size] for start in range(0, len(all_), size))
