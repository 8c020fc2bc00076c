"""What one connection may take of the server before it has asked for anything, and after."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI, Request

from medea.apps.api.connections import MAX_HELD, MAX_LEFT_OVER
from medea.apps.api.server import Server
from medea.apps.bootstrap import Installation

HEAD = b"Host: 127.0.0.1\r\nContent-Type: application/json\r\n"
POST = b"POST /v1/auth/login HTTP/1.1\r\n" + HEAD
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

Connect = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def serving(app: FastAPI, installation: Installation, patience: float) -> AsyncIterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = Server(app, installation.ports, patience=patience)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.is_up.wait()
        yield listener.getsockname()[1]
        server.should_exit = True
        server.insist()
        await task


@pytest.fixture
async def port(app: FastAPI, installation: Installation) -> AsyncIterator[int]:
    """Where a server listens that is patient."""
    async with serving(app, installation, 600) as found:
        yield found


async def said(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the server hangs up."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while piece := await asyncio.wait_for(reader.read(65_536), 60):
            found += piece
    return found


async def pour(writer: asyncio.StreamWriter, first: bytes, pieces: Iterator[bytes]) -> int:
    """Send without end; return how many bytes were taken."""
    taken = 0
    with contextlib.suppress(ConnectionError):
        writer.write(first)
        for piece in pieces:
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), 60)
            taken += len(piece)
            if writer.is_closing():
                break
    return taken


def endless(piece: bytes, *, most: int = 64 * 1024 * 1024) -> Iterator[bytes]:
    for _ in range(most // len(piece)):
        yield piece


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"GET /" + b"a" * 100, b"a" * 16_384),
        (b"GET / HTTP/1.1\r\nX: ", b"a" * 16_384),
        (b"GET / HTTP/1.1\r\n", b"x: y\r\n" * 2_000),
    ],
    ids=["address", "value", "fields"],
)
async def test_a_head_without_end_is_refused(port: int, first: bytes, piece: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    hearing = asyncio.create_task(said(reader))
    await pour(writer, first, endless(piece, most=2 * MAX_HELD))
    answer = await hearing
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] in {b"431", b"400"}, answer  # an address has a length of its own that parsers bear
    assert json.loads(body)["code"] in {"request.head_too_large", "request.not_http"}


@pytest.mark.parametrize(
    ("first", "piece"),
    [(CHUNKED + b"2\r\n{}\r\n0\r\n", b"x: y\r\n" * 2_000), (CHUNKED + b"2", b";e=" + b"a" * 16_384)],
    ids=["trailer", "extension"],
)
async def test_what_stands_around_a_body_has_an_end(port: int, first: bytes, piece: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    hearing = asyncio.create_task(said(reader))
    taken = await pour(writer, first, endless(piece))
    await hearing
    writer.close()
    assert taken < 16 * 1024 * 1024


async def test_who_was_refused_cannot_go_on_sending_for_ever(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    hearing = asyncio.create_task(said(reader))
    taken = await pour(writer, CHUNKED, endless(b"10000\r\n" + b"a" * 65_536 + b"\r\n"))
    answer = await hearing
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413")
    assert taken < 4 * MAX_LEFT_OVER


async def test_a_refused_body_may_end_and_the_connection_goes_on(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(POST + b"Content-Length: 3000000\r\n\r\n")
    refused = await reader.readuntil(b"\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 413")
    writer.write(b"a" * 3_000_000 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"HTTP/1.1 200 OK" in await said(reader)
    writer.close()


@pytest.mark.parametrize("text", [b"GET / HTTP/1.1\n\n", b"nonsense\r\n\r\n", POST + b"Content-Length: -1\r\n\r\n"])
async def test_what_is_no_request_gets_a_problem_document(port: int, text: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text)
    head, _, body = (await said(reader)).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 400")
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["code"] == "request.not_http"


async def test_fields_behind_the_body_are_none_of_the_requests(app: FastAPI, port: int) -> None:
    @app.post("/tests/fields")
    async def fields(request: Request) -> list[str]:
        await request.body()
        return [name.decode() for name, _ in request.scope["headers"]]

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = b"POST /tests/fields HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head + b"2\r\n{}\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
    answer = await said(reader)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"x-forwarded-for" not in answer


OFFER = b"Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize(
    "body",
    [b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
    ids=["length", "chunks"],
)
async def test_an_offer_of_another_protocol_is_passed_over(app: FastAPI, port: int, body: bytes, size: int) -> None:
    """Java's own client offers HTTP/2 with every request."""

    @app.post("/tests/echo")
    async def echo(request: Request) -> str:
        return (await request.body()).decode()

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = b"POST /tests/echo HTTP/1.1\r\n" + OFFER + body
    sent += b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    for start in range(0, len(sent), size):
        writer.write(sent[start : start + size])
        await asyncio.sleep(0)
    answer = await said(reader)
    writer.close()
    assert answer.count(b"HTTP/1.1 200 OK") == 2, answer
    assert b'"hello"' in answer


async def test_many_offers_at_once_are_many_requests(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    offer = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    writer.write(offer * 2_000 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert (await said(reader)).count(b"HTTP/1.1 200 OK") == 2_001
    writer.close()


@pytest.mark.parametrize(
    "start",
    [b"", b"GET / HTTP/1.1\r\nX: ", POST + b"Content-Length: 100\r\n\r\n{", CHUNKED + b"5\r\n{"],
    ids=["nothing", "head", "body", "chunk"],
)
async def test_who_says_no_more_is_hung_up_on(app: FastAPI, installation: Installation, start: bytes) -> None:
    async with serving(app, installation, 0.3) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(start)
        assert await said(reader) == b""
        writer.close()


async def test_a_head_that_comes_in_drops_is_waited_for_no_longer(app: FastAPI, installation: Installation) -> None:
    async with serving(app, installation, 0.3) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nX: ")
        hearing = asyncio.create_task(said(reader))
        while not hearing.done():
            with contextlib.suppress(ConnectionError):
                writer.write(b"a")
            await asyncio.sleep(0.05)
        assert await hearing == b""
        writer.close()


async def test_who_only_listens_is_left_in_peace(app: FastAPI, installation: Installation) -> None:
    @app.get("/tests/slow")
    async def slow() -> str:
        await asyncio.sleep(1.5)
        return "done"

    async with serving(app, installation, 0.2) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /tests/slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await said(reader)).endswith(b'"done"')
        writer.close()
