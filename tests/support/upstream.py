"""A fake model server that does what it is told, down to the byte.

Raw asyncio, so that a script can cut the answer anywhere, wait, reset the connection or break HTTP itself.
Used by the tests of the model adapters and by the benchmarks.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Script = Sequence["Step"]


@dataclass(frozen=True)
class Send:
    """Send these bytes now, as one write (and one HTTP chunk, where the answer is chunked)."""

    data: bytes


@dataclass(frozen=True)
class Wait:
    """Do nothing for a while."""

    seconds: float


@dataclass(frozen=True)
class Reset:
    """Cut the connection without ending the answer."""


@dataclass(frozen=True)
class Hang:
    """Keep the connection open until the client leaves."""


Step = Send | Wait | Reset | Hang


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: a head and a script for the body, sent chunked."""

    script: Script = ()
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/event-stream"),)
    head: bytes | None = None  # instead of status and headers; the body then goes out as it is


@dataclass
class Call:
    """A request that the server received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    is_abandoned: asyncio.Event = field(default_factory=asyncio.Event)  # set when the client left in mid-answer

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Upstream:
    """The server: answers in the order of `answers`, the last one for ever; or what `respond` says."""

    answers: list[Answer] = field(default_factory=list)
    respond: Callable[[Call], Answer] | None = None
    meanwhile: Callable[[], Awaitable[None]] | None = None  # what is done between a call and its answer
    calls: list[Call] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)  # set with the first call
    connections: int = 0
    port: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def _next(self, call: Call) -> Answer:
        if self.respond is not None:
            return self.respond(call)
        return self.answers[min(len(self.calls), len(self.answers)) - 1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (call := await _read_call(reader)) is not None:
                self.calls.append(call)
                self.arrived.set()
                if self.meanwhile is not None:
                    await self.meanwhile()
                if not await self._play(call, self._next(call), reader, writer):
                    return
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _play(
        self, call: Call, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        writer.write(answer.head if answer.head is not None else _head(answer))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            for step in answer.script:
                if isinstance(step, Reset):
                    writer.transport.abort()
                    return False
                if isinstance(step, Send):
                    data = step.data if answer.head is not None else b"%x\r\n%s\r\n" % (len(step.data), step.data)
                    if step.data:
                        writer.write(data)
                    await asyncio.sleep(0)
                    continue
                await asyncio.wait({gone}, timeout=step.seconds if isinstance(step, Wait) else None)
                if gone.done():
                    call.is_abandoned.set()
                    return False
            if answer.head is not None:
                return False
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        finally:
            if not gone.done():
                gone.cancel()
                await asyncio.wait({gone})
            if not gone.cancelled():
                gone.exception()  # a client that was killed; the end of the answer tells enough
        return True


async def _read_call(reader: asyncio.StreamReader) -> Call | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(method, path, headers, body)


def _head(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Status", *(f"{name}: {value}" for name, value in answer.headers)]
    return "\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""]).encode()


@asynccontextmanager
async def upstream(*answers: Answer, respond: Callable[[Call], Answer] | None = None) -> AsyncIterator[Upstream]:
    """Run the server on a free loopback port."""
    state = Upstream(list(answers), respond)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(state.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        running = list(tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)


def event(value: Any) -> bytes:
    """One server-sent event; bytes and text as they are, anything else as JSON."""
    if isinstance(value, str):
        value = value.encode()
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return b"data: " + data + b"\n\n"


def chunk(content: Any = None, *, finish: str | None = None, **extra: Any) -> dict[str, Any]:
    """A chat.completion.chunk as OpenAI sends it."""
    delta = {} if content is None else {"content": content}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "fake-1",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        **extra,
    }


USAGE = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
DONE = event("[DONE]")


def usage(**extra: Any) -> dict[str, Any]:
    """The chunk that carries the usage and no choice."""
    return {"model": "fake-1", "choices": [], "usage": {**USAGE, **extra}}


def stream_bytes(texts: Iterable[str]) -> bytes:
    """A whole, ordinary stream."""
    deltas = b"".join(event(chunk(text)) for text in texts)
    return deltas + event(chunk(finish="stop")) + event(usage()) + DONE


def ordinary(*texts: str) -> Answer:
    """An ordinary answer, one write per delta."""
    return Answer([*(Send(event(chunk(text))) for text in texts), Send(stream_bytes(()))])


def refusal(status: int, body: Any = None, **headers: str) -> Answer:
    """An HTTP error; header names are given with underscores."""
    data = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    kind = "text/html" if data.startswith(b"<") else "application/json"
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer([Send(data)], status, (("Content-Type", kind), *named))
