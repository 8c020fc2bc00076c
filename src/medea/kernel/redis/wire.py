"""A connection for what is asked of Redis all the time: live streams and limits.

redis-py opens it, with its addresses, passwords and certificates; hiredis packs and reads. What is left out is what
lies between the two: a pool, retries, observation and a reader of streams, three quarters of the CPU of a command.
Any number of tasks ask at once; answers come in the order of the questions, as Redis's protocol says
(https://redis.io/docs/latest/develop/reference/protocol-spec/, "Request-Response model"). A connection that also hears
what is published speaks RESP3, where messages stand between answers and are told apart from them ("Pushes").
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, cast

import hiredis
from redis.asyncio.connection import AbstractConnection, Connection, parse_url
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import ResponseError

Word = str | bytes | int | float
Command = tuple[Word, ...]

Hear = Callable[[bytes, bytes], None]
"""Called with channel and message."""

_Push = hiredis.PushNotification
_MESSAGE = b"message"
_CONFIRMATIONS = frozenset({b"subscribe", b"unsubscribe"})  # pushes that are the answers to these commands

_pack = cast("Callable[[Command], bytes]", hiredis.pack_command)


def raised(answers: list[Any]) -> list[Any]:
    """Return the answers, where none of them is a refusal.

    Raises:
        ResponseError: the first refusal.
    """
    for answer in answers:
        if isinstance(answer, ResponseError):
            raise answer
    return answers


async def end_task(task: "asyncio.Task[Any]") -> None:
    """Cancel a task that talks to Redis, and wait for its end.

    redis-py swallows a cancellation that meets one of its time-outs, so it is asked until it has heard.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.1)


class RedisWire:
    """One connection, opened when it is first needed and again whenever it broke.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        seconds: after which an answer that has not come will not come; the connection is then given up, and with it
            everything else that was asked over it.
        connect_seconds: for opening it.
        hear: called with each message of the channels that were subscribed to over it, in the order in which they
            stand between answers; an answer is taken by who asked for it only in the loop's next turn.
        lost: called when the connection broke, with all its subscriptions.
    """

    def __init__(
        self,
        url: str,
        *,
        seconds: float,
        connect_seconds: float,
        hear: Hear | None = None,
        lost: Callable[[], None] | None = None,
    ) -> None:
        self._url = url
        self._seconds = seconds
        self._connect_seconds = connect_seconds
        self._hear = hear
        self._lost = lost
        self._line: _Line | None = None
        self._dialling: asyncio.Task[_Line] | None = None
        self._is_closed = False

    async def ask(self, *command: Word) -> Any:
        """Send a command and return its answer; strings in it are bytes.

        Raises:
            ResponseError: Redis refuses it.
            ConnectionError: (redis-py's) the connection could not be opened, or broke; the command may have been done.
            TimeoutError: there was no answer in time; the command may have been done.
        """
        line = self._line
        if line is None or line.is_down:
            line = await self._dial()
        [answer] = await line.ask(_pack(command), 1)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def ask_all(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands together and return their answers in order; a refusal is a `ResponseError` among them.

        Raises:
            ConnectionError: see `ask`; any number of them may have been done.
            TimeoutError: likewise.
        """
        line = self._line
        if line is None or line.is_down:
            line = await self._dial()
        return await line.ask(b"".join(map(_pack, commands)), len(commands))

    async def close(self) -> None:
        """Hang up; what is asked from now on finds nobody."""
        self._is_closed = True
        if self._dialling is not None and not self._dialling.done():
            await end_task(self._dialling)
        if self._line is not None:
            self._line.hang_up(RedisAway("This process has hung up."))

    async def _dial(self) -> "_Line":
        """Wait for a new connection; all who want one meanwhile wait for the same, and hear the same if it fails."""
        if self._is_closed:
            raise RedisAway("This process has hung up.")
        task = self._dialling
        if task is None or task.done():
            task = self._dialling = asyncio.create_task(self._connect(), name="redis-wire")
            task.add_done_callback(_heard)
        return await asyncio.shield(task)

    async def _connect(self) -> "_Line":
        connection = _lent(self._url, self._connect_seconds, protocol=2 if self._hear is None else 3)
        await connection.open()
        line = self._line = connection.lend(_Line(self._seconds, self._hear, self._lost))
        return line


def _heard(task: "asyncio.Task[_Line]") -> None:
    """Nobody may be left who waits for a connection that failed."""
    if not task.cancelled():
        task.exception()


class _Asked:
    """What was sent together, and the answers so far.

    Attributes:
        due: when they are overdue, on the loop's clock.
        number: of the answers that will come.
    """

    __slots__ = ("answers", "due", "future", "number")

    def __init__(self, future: "asyncio.Future[list[Any]]", due: float, number: int) -> None:
        self.future = future
        self.due = due
        self.number = number
        self.answers: list[Any] = []


class _Line(asyncio.Protocol):
    """A connection while it holds."""

    def __init__(self, seconds: float, hear: Hear | None, lost: Callable[[], None] | None) -> None:
        self._seconds = seconds
        self._hear = hear
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Asked] = deque()
        self._reader = hiredis.Reader(protocolError=RedisAway, replyError=ResponseError)
        self._transport: asyncio.Transport | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.is_down = False

    def take(self, writer: asyncio.StreamWriter) -> None:
        """Take a connection over from redis-py."""
        self._writer = writer  # closes the connection when nobody holds it any more
        self._transport = cast("asyncio.Transport", writer.transport)
        self._transport.set_protocol(self)

    def ask(self, packed: bytes, number: int) -> "asyncio.Future[list[Any]]":
        """Send commands, so many; their answers, refusals as exceptions among them, come as the future's result."""
        future: asyncio.Future[list[Any]] = self._loop.create_future()
        if self.is_down or self._transport is None:
            future.set_exception(RedisAway("The connection to Redis broke."))
            return future
        self._waiting.append(_Asked(future, self._loop.time() + self._seconds, number))
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._look)
        self._transport.write(packed)
        return future

    def _look(self) -> None:
        """Give up when the answer that is due next is overdue; one timer serves all that are asked meanwhile."""
        self._timer = None
        if not self._waiting:
            return
        due = self._waiting[0].due
        if due <= self._loop.time():
            self.hang_up(TimeoutError("Redis did not answer in time."))
        else:
            self._timer = self._loop.call_at(due, self._look)

    def data_received(self, data: bytes) -> None:
        """Give answers to those who asked; whoever has been cancelled wants none."""
        reader = self._reader
        try:
            reader.feed(data)
            while (answer := reader.gets()) is not False:
                if type(answer) is _Push and answer[0] not in _CONFIRMATIONS:
                    if self._hear is not None and answer[0] == _MESSAGE:
                        self._hear(answer[1], answer[2])
                    continue
                asked = self._waiting[0]
                asked.answers.append(answer)
                if len(asked.answers) == asked.number:
                    self._waiting.popleft()
                    if not asked.future.done():
                        asked.future.set_result(asked.answers)
        except (RedisAway, IndexError) as error:  # what is no answer, or an answer that nobody asked for
            self.hang_up(RedisAway(f"What Redis sent cannot be read: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell all who wait."""
        self.hang_up(RedisAway(f"The connection to Redis broke: {exc or 'closed by the other side'}"))

    def hang_up(self, why: Exception) -> None:
        """Close, and tell all who wait why."""
        self.is_down = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()  # to close would wait until what was not sent yet is sent
        waiting, self._waiting = self._waiting, deque()
        for asked in waiting:
            if not asked.future.done():
                asked.future.set_exception(why)
        lost, self._lost = self._lost, None
        if lost is not None:
            lost()


class _Lending(AbstractConnection):
    """A connection of redis-py that hands over what it has opened."""

    async def open(self) -> None:
        """Connect, say who we are, choose the database. Whoever stops waiting for that leaves nothing open."""
        try:
            await self.connect()  # type: ignore[no-untyped-call]
        except BaseException:
            if self._writer is not None:
                self._writer.close()
                self._writer = self._reader = None
            raise

    def lend(self, line: _Line) -> _Line:
        """Give the open connection to somebody else; this object has none afterwards."""
        writer, self._writer, self._reader = self._writer, None, None
        if writer is None:
            raise RedisAway("The connection to Redis broke.")
        line.take(writer)
        return line


def _lent(url: str, seconds: float, *, protocol: int) -> _Lending:
    """Return a connection to an address, not open yet, that can be taken over."""
    options: dict[str, Any] = {**parse_url(url), "protocol": protocol, "socket_connect_timeout": seconds}
    options |= {"socket_timeout": seconds, "client_name": "medea"}
    kind = type("_Lent", (_Lending, options.pop("connection_class", Connection)), {})
    return cast("_Lending", kind(**options))
