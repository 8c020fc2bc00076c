"""The fake model: an OpenAI-compatible stream at a given pace, as cheap per token as Python allows.

How long and how fast is said in the prompt itself, `bench n=<tokens> r=<tokens per second>` (0: as fast as
they can be written), because that travels through whatever stands in between. The last one in the request
counts, since a conversation brings its history along. With ` t=<steps>` behind it the model calls a tool in each of
so many steps before it answers.
"""

import asyncio
import re
import sys
from typing import cast

import uvloop

TOKEN = "~w "
"""Text of each token; the load generator counts its first two characters."""

_ASKED = re.compile(rb"bench n=(\d+) r=(\d+)(?: t=(\d+))?")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def _chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_SHAPE = (
    b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"fake-1",'
    b'"choices":[{"index":0,"delta":%b,"finish_reason":%b}]}\n\n'
)
_DELTA = _chunked(_SHAPE % (b'{"content":"%b"}' % TOKEN.encode(), b"null"))
_USAGE = (
    b'data: {"model":"fake-1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":%d,"total_tokens":%d}}\n\n'
)


def _last(tokens: int) -> bytes:
    usage = _USAGE % (tokens, tokens + 7)
    return _chunked(_SHAPE % (b"{}", b'"stop"')) + _chunked(usage) + _chunked(b"data: [DONE]\n\n") + b"0\r\n\r\n"


_ARGUMENTS = rb'"{\"expression\":\"1+1\"}"'
_PIECE = b'{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"calculator","arguments":%b}}]}' % _ARGUMENTS
_CALL = (
    _chunked(_SHAPE % (_PIECE, b"null"))
    + _chunked(_SHAPE % (b"{}", b'"tool_calls"'))
    + _chunked(_USAGE % (1, 8))
    + _chunked(b"data: [DONE]\n\n")
    + b"0\r\n\r\n"
)


class Model(asyncio.Protocol):
    """One connection; answers one request after the other."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._left = 0
        self._pause = 0.0
        self._next = 0.0
        self._end = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not blank or len(body) < (int(length[1]) if length else 0):
            return
        self._received = b""
        asked = None
        for asked in _ASKED.finditer(body):  # noqa: B007 - the last one counts
            pass
        if asked is not None and asked[3] is not None and body.count(b'"role":"tool"', asked.end()) < int(asked[3]):
            self._call()
            return
        tokens, rate = (int(asked[1]), int(asked[2])) if asked is not None else (1, 0)
        self._begin(tokens, rate)

    def _call(self) -> None:
        assert self._transport is not None
        self._transport.write(_HEAD + _CALL)

    def _begin(self, tokens: int, rate: int) -> None:
        assert self._transport is not None
        self._end = _last(tokens)
        if rate == 0:
            self._transport.write(_HEAD + _DELTA * tokens + self._end)
            return
        self._left, self._pause = tokens - 1, 1.0 / rate
        self._transport.write(_HEAD + _DELTA)
        self._next = self._loop.time() + self._pause
        self._loop.call_at(self._next, self._tick)

    def _tick(self) -> None:
        if self._transport is None:
            return
        if self._left == 0:
            self._transport.write(self._end)
            return
        self._left -= 1
        self._transport.write(_DELTA)
        self._next += self._pause  # against the schedule, so that lateness does not add up
        self._loop.call_at(self._next, self._tick)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Model, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
