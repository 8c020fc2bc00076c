"""The load generator: many clients in one process, on raw asyncio, with as little work per token as possible.

Reads a `Plan` as JSON from standard input, carries it out, writes a `Report` as JSON to standard output.
"""

import asyncio
import resource
import sys
import time
from array import array
from collections.abc import Iterable
from typing import Any, cast

import msgspec
import uvloop

MARK = b"~w"


class Plan(msgspec.Struct, kw_only=True):
    """What to do.

    Attributes:
        port: of the server on 127.0.0.1.
        bodies: one client each: the bodies that it posts, one after the other on one connection.
        paths: where each client posts; `{id}` is the conversation that it opens before each post, if
            `open_body` is set.
        headers: sent with every request.
        open_body: posted to `/v1/conversations` before each message, where every turn has its own.
        ramp: seconds over which the clients begin.
    """

    port: int
    bodies: list[list[str]]
    paths: list[str]
    headers: dict[str, str] = {}
    open_body: str | None = None
    ramp: float = 0.0


class Report(msgspec.Struct, kw_only=True):
    """What came of it; times in seconds, percentiles by name.

    Attributes:
        first: from sending a request to its first token.
        gaps: between two arrivals of tokens on one connection.
        whole: from sending a request to the end of its answer.
        cpu: seconds that this process itself used.
    """

    turns: int
    tokens: int
    wall: float
    cpu: float
    first: dict[str, float]
    gaps: dict[str, float]
    whole: dict[str, float]
    errors: list[str]


class Measured:
    """What all clients write to."""

    def __init__(self) -> None:
        self.first = array("d")
        self.gaps = array("d")
        self.whole = array("d")
        self.tokens = 0
        self.errors: list[str] = []


class Client(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[bytes] | None = None
        self._sent = self._last = 0.0
        self._head = b""
        self._body: list[bytes] = []
        self._left: int | None = None  # bytes to come, None for a chunked answer
        self._in_body = self._is_first = self._is_kept = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionError("the server hung up"))

    async def post(self, request: bytes, *, is_kept: bool) -> bytes:
        """Send a request and return the body of its answer (empty unless it is to be kept)."""
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._head, self._body, self._in_body, self._is_first, self._is_kept = b"", [], False, True, is_kept
        self._sent = time.perf_counter()
        self._transport.write(request)
        return await self._answered

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if not self._in_body:
            self._head += data
            head, blank, data = self._head.partition(b"\r\n\r\n")
            if not blank:
                return
            self._read_head(head)
        tokens = data.count(MARK)
        if tokens and not self._is_kept:
            if self._is_first:
                self._is_first = False
                self._measured.first.append(now - self._sent)
            else:
                self._measured.gaps.append(now - self._last)
            self._last = now
            self._measured.tokens += tokens
        if self._is_kept:
            self._body.append(data)
        if self._left is None:
            if data.endswith(b"0\r\n\r\n"):
                self._finish(now)
        else:
            self._left -= len(data)
            if self._left <= 0:
                self._finish(now)

    def _read_head(self, head: bytes) -> None:
        self._in_body = True
        lowered = head.lower()
        self._left = None
        if b"\r\ncontent-length:" in lowered:
            self._left = int(lowered.split(b"\r\ncontent-length:", 1)[1].split(b"\r\n", 1)[0])
        if head[9:10] != b"2":
            self._measured.errors.append(head.split(b"\r\n", 1)[0].decode())

    def _finish(self, now: float) -> None:
        if not self._is_kept:
            self._measured.whole.append(now - self._sent)
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(b"".join(self._body))


def _request(path: str, headers: dict[str, str], body: str) -> bytes:
    data = body.encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(data)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + data


async def _client(plan: Plan, number: int, measured: Measured) -> None:
    if plan.ramp:
        await asyncio.sleep(plan.ramp * number / len(plan.bodies))
    try:
        _, client = await asyncio.get_running_loop().create_connection(lambda: Client(measured), "127.0.0.1", plan.port)
        for body in plan.bodies[number]:
            path = plan.paths[number]
            if plan.open_body is not None:
                request = _request("/v1/conversations", plan.headers, plan.open_body)
                opened: dict[str, Any] = msgspec.json.decode(await client.post(request, is_kept=True))
                path = path.replace("{id}", opened["id"])
            await client.post(_request(path, plan.headers, body), is_kept=False)
    except (OSError, KeyError) as error:
        measured.errors.append(repr(error))


def spread(values: Iterable[float]) -> dict[str, float]:
    """Return the percentiles of values."""
    ordered = sorted(values) or [0.0]
    return {f"p{part}": ordered[min(len(ordered) - 1, len(ordered) * part // 100)] for part in (50, 95, 99)} | {
        "max": ordered[-1]
    }


async def carry_out(plan: Plan) -> Report:
    """Run all clients of a plan."""
    measured = Measured()
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    await asyncio.gather(*(_client(plan, number, measured) for number in range(len(plan.bodies))))
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    return Report(
        turns=len(measured.whole),
        tokens=measured.tokens,
        wall=wall,
        cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        first=spread(measured.first),
        gaps=spread(measured.gaps),
        whole=spread(measured.whole),
        errors=measured.errors[:10],
    )


if __name__ == "__main__":
    report = uvloop.run(carry_out(msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)))
    sys.stdout.buffer.write(msgspec.json.encode(report))
