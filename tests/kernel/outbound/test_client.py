"""The door in use, with a resolver that lies."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from medea.kernel.errors import AppError
from medea.kernel.outbound.client import OutboundClient, guarded_session
from medea.kernel.outbound.errors import OutboundRefused, OutboundTimeout, OutboundTooLarge, OutboundUnreachable
from medea.kernel.outbound.policy import OutboundPolicy
from tests.support.upstream import Answer, Call, Hang, Reset, Send, Upstream, upstream


class Resolver(AbstractResolver):
    """Answers from a table, another entry each time it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = answers
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0) for address in found
        ]

    async def close(self) -> None:
        return


@asynccontextmanager
async def client_of(*hosts: str, resolver: Resolver | None = None, seconds: float = 2) -> AsyncIterator[OutboundClient]:
    policy = OutboundPolicy(allowed_private_hosts=frozenset(hosts))
    client = OutboundClient(policy, timeout=seconds, max_bytes=1000, resolver=resolver)
    try:
        yield client
    finally:
        await client.close()


def text(body: str, status: int = 200, **headers: str) -> Answer:
    return Answer([Send(body.encode())], status, tuple(headers.items()))


async def test_a_request_and_its_answer() -> None:
    async with upstream(text("hello", 201, X="1")) as server, client_of(f"127.0.0.1:{server.port}") as client:
        answer = await client.request("POST", f"http://127.0.0.1:{server.port}/a", headers={"A": "b"}, body=b"in")
        assert (answer.status, answer.body, answer.headers["x"]) == (201, b"hello", "1")
        assert (server.calls[0].method, server.calls[0].body, server.calls[0].headers["a"]) == ("POST", b"in", "b")


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1", "192.168.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]]
)
async def test_names_that_lead_inside_are_refused(addresses: list[str]) -> None:
    async with client_of(resolver=Resolver(addresses)) as client:
        with pytest.raises(OutboundRefused, match="public Internet"):
            await client.request("GET", "http://evil.example.com/")


async def test_only_the_public_addresses_of_a_name_are_called() -> None:
    resolver = Resolver(["127.0.0.1", "8.8.8.8", "::1"])
    session = guarded_session(OutboundPolicy(), resolver=resolver)
    async with session:
        assert isinstance(session.connector, aiohttp.TCPConnector)
        guard = session.connector._resolver
        assert [entry["host"] for entry in await guard.resolve("example.com", 80)] == ["8.8.8.8"]


async def test_rebinding_has_nobody_to_reach() -> None:
    """The second answer is private: it is asked for by a second request only, and refused there."""
    async with upstream(text("inside")) as server:
        resolver = Resolver(["127.0.0.1"], ["127.0.0.1"])
        async with client_of(resolver=resolver) as client:
            for _ in range(2):
                with pytest.raises(OutboundRefused):
                    await client.request("GET", f"http://rebind.example.com:{8080}/")
        assert resolver.asked == 2
        assert not server.calls


async def test_the_socket_is_looked_at_once_more() -> None:
    session = guarded_session(OutboundPolicy())
    async with session:
        assert isinstance(session.connector, aiohttp.TCPConnector)
        factory = session.connector._socket_factory
        assert factory is not None
        with pytest.raises(OutboundRefused):
            factory((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))


async def test_a_session_used_directly_is_guarded_too() -> None:
    async with upstream(text("inside")) as server, guarded_session(OutboundPolicy()) as session:
        for url in (f"http://127.0.0.1:{server.port}/", f"http://localhost:{server.port}/"):
            with pytest.raises(OutboundRefused):
                await session.get(url)
        assert not server.calls


async def test_a_named_private_host_is_reached_by_its_name_alone() -> None:
    async with upstream(text("ok")) as server:
        resolver = Resolver(["127.0.0.1"])
        async with client_of(f"models.internal:{server.port}", resolver=resolver) as client:
            assert (await client.request("GET", f"http://models.internal:{server.port}/")).body == b"ok"
            for other in (f"http://127.0.0.1:{server.port}/", f"http://other.internal:{server.port}/"):
                with pytest.raises(OutboundRefused):
                    await client.request("GET", other)


def redirecting(server: Upstream, to: str, status: int = 302) -> None:
    def respond(call: Call) -> Answer:
        return text("", status, Location=to) if call.path == "/from" else text(call.method)

    server.respond = respond


async def test_redirects_are_not_followed_unless_asked_for() -> None:
    async with upstream() as server, client_of(f"127.0.0.1:{server.port}") as client:
        redirecting(server, "/to")
        base = f"http://127.0.0.1:{server.port}"
        assert (await client.request("GET", f"{base}/from")).status == 302
        assert (await client.request("GET", f"{base}/from", max_redirects=1)).url == f"{base}/to"
        redirecting(server, "/from")
        assert (await client.request("GET", f"{base}/from", max_redirects=3)).status == 302


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "http://localhost/", "file:///etc/passwd", "http://10.0.0.1/", "//[::1]/"]
)
async def test_redirects_are_checked(target: str) -> None:
    async with upstream() as server, client_of(f"127.0.0.1:{server.port}") as client:
        redirecting(server, target)
        with pytest.raises(OutboundRefused):
            await client.request("GET", f"http://127.0.0.1:{server.port}/from", max_redirects=5)


async def test_credentials_stay_with_their_origin() -> None:
    async with upstream(text("")) as other, upstream() as server:
        hosts = (f"127.0.0.1:{server.port}", f"127.0.0.1:{other.port}")
        async with client_of(*hosts) as client:
            redirecting(server, f"http://127.0.0.1:{other.port}/", 307)
            url = f"http://127.0.0.1:{server.port}/from"
            await client.request("POST", url, headers={"Authorization": "secret"}, body=b"x", max_redirects=1)
        assert "authorization" not in other.calls[0].headers
        assert other.calls[0].body == b""


async def test_size_time_and_broken_connections() -> None:
    cases: list[tuple[Answer, type[AppError]]] = [
        (Answer([Send(b"x" * 600), Send(b"x" * 600)]), OutboundTooLarge),
        (Answer([Send(b"x"), Hang()]), OutboundTimeout),
        (Answer([Reset()], head=b""), OutboundUnreachable),
        (Answer([], head=b"nonsense\r\n\r\n"), OutboundUnreachable),
    ]
    for answer, error in cases:
        async with upstream(answer) as server, client_of(f"127.0.0.1:{server.port}", seconds=0.3) as client:
            with pytest.raises(error):
                await client.request("GET", f"http://127.0.0.1:{server.port}/")


async def test_cancelling_ends_the_request() -> None:
    async with upstream(Answer([Hang()])) as server, client_of(f"127.0.0.1:{server.port}") as client:
        task = asyncio.create_task(client.request("GET", f"http://127.0.0.1:{server.port}/"))
        await server.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.calls[0].is_abandoned.wait(), 60)
