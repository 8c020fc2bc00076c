"""Addresses that lead, or pretend to lead, where nobody's request may go: through the real door, which lets none out.

A server on this machine is what they are after. It must not see a single connection.
"""

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientError
from aiohttp.abc import AbstractResolver, ResolveResult

from medea.kernel.outbound.client import OutboundClient, guarded_session
from medea.kernel.outbound.errors import OutboundRefused, OutboundTooLarge, OutboundUnreachable
from medea.kernel.outbound.policy import OutboundPolicy
from tests.support.upstream import Answer, Send, Upstream, upstream

NAMES = {
    "loop.example.org": ["127.0.0.1"],
    "loop6.example.org": ["::1"],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "metadata.example.org": ["169.254.169.254"],
    "inside.example.org": ["10.1.2.3", "192.168.1.1", "172.16.0.9"],
    "zone.example.org": ["fe80::1%lo"],
    "nat64.example.org": ["64:ff9b::7f00:1"],
    "none.example.org": ["0.0.0.0"],
    "xn--bcher-kva.example.org": ["127.0.0.1"],
    "broken.example.org": ["not an address"],
}
"""What the DNS of whoever attacks answers."""

HOSTILE = [
    # this machine, as it is usually written
    "http://127.0.0.1:{port}/",
    "http://127.1.2.3:{port}/",
    "http://127.255.255.254:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://foo.localhost:{port}/",
    "http://localhost.localdomain:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    # the same in other notations
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0x7F.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0177.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.000.000.001:{port}/",
    "http://127.0.0.0x1:{port}/",
    "http://127.0.0.1%00.example.org:{port}/",
    "http://%31%32%37.0.0.1:{port}/",
    "http://\uff11\uff12\uff17.0.0.1:{port}/",
    "http://\u2460\u2461\u2466.0.0.1:{port}/",
    "http://127\u30020\u30020\u30021:{port}/",
    "http://127\uff0e0\uff0e0\uff0e1:{port}/",
    "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:{port}/",
    # IPv6
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2002:a9fe:a9fe::1]:{port}/",
    "http://[2001:0:7f00:1::1]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[fe80::1%lo]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[fd12:3456::1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[::1%25lo]:{port}/",
    "http://[::ffff:127.0.0.1%25lo]:{port}/",
    "http://[100::1]/",
    "http://[5f00::1]/",
    # networks behind the door, and the clouds' metadata
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://169.254.43518/",
    "http://168.63.129.16/",
    "http://100.100.100.200/",
    "http://192.0.0.192/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://198.18.0.1/",
    # names that lead there
    "http://loop.example.org:{port}/",
    "http://LOOP.example.ORG.:{port}/",
    "http://loop6.example.org:{port}/",
    "http://mapped.example.org:{port}/",
    "http://metadata.example.org/",
    "http://inside.example.org/",
    "http://zone.example.org:{port}/",
    "http://nat64.example.org:{port}/",
    "http://none.example.org:{port}/",
    "http://broken.example.org:{port}/",
    "http://b\u00fccher.example.org:{port}/",
    "http://intranet/",
    "http://db.internal/",
    "http://printer.local/",
    "http://router.home.arpa/",
    "http://1.0.0.127.in-addr.arpa/",
    "http://hidden.onion/",
    # who is asked, said twice
    "http://user:password@loop.example.org:{port}/",
    "http://example.com@127.0.0.1:{port}/",
    "http://example.com:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@example.com/",
    "http://127.0.0.1:{port}\\@example.com/",
    "http://example.com\\@127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "http://@127.0.0.1:{port}/",
    # other schemes
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET%20/",
    "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/stat",
    "ldap://127.0.0.1:{port}/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "jar:http://127.0.0.1:{port}!/",
    "ws://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    # a second request in the first
    "http://127.0.0.1:{port}/\r\nX-Evil: 1",
    "http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: x\r\n\r\nGET /",
    "http://example.com\r\n.example.org/",
    "http://127.0.0.1:{port}\t/",
    "http://exa\x00mple.com/",
    "http://127.0.0.1\u2028:{port}/",
    " http://127.0.0.1:{port}/",
    # ports and shapes
    "http://example.com:22/",
    "http://example.com:5432/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:-1/",
    "http://example.com:http/",
    "http://",
    "http://:80/",
    "http://.example.com/",
    "http://exa..mple.com/",
    "http://-example.com/",
    "http://[::1",
    "http://[]/",
    "http://[127.0.0.1]:{port}/",
    "http://" + "a" * 64 + ".example.com/",
    "http://" + "a." * 130 + "example.com/",
    "http://example.com/" + "a" * 3000,
    "",
]


class Dns(AbstractResolver):
    """Answers as whoever attacks wants it; each call may get another answer."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if self._answers:
            found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        else:
            found = NAMES.get(host.lower().removesuffix("."), ["127.0.0.1"])
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        pass


@pytest.fixture
async def prey() -> AsyncIterator[Upstream]:
    """The server that all of them are after."""
    async with upstream(Answer([Send(b"secret")])) as running:
        yield running


def policy_for(port: int, *hosts: str) -> OutboundPolicy:
    """Return a policy that would not refuse the server for its port."""
    return OutboundPolicy(frozenset(hosts), allowed_ports=frozenset({80, 443, port}))


async def test_no_hostile_address_gets_out(prey: Upstream) -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 60
    door = OutboundClient(policy_for(prey.port), resolver=Dns(), timeout=5)
    let_out: list[tuple[str, object]] = []
    for template in HOSTILE:
        url = template.replace("{port}", str(prey.port))
        try:
            answer = await door.request("GET", url, max_redirects=3)
            let_out.append((url, answer.status))
        except OutboundRefused:
            continue
        except OutboundUnreachable as error:
            let_out.append((url, error.extra))
    await door.close()
    assert let_out == []
    assert prey.connections == 0


async def test_sessions_for_streams_refuse_the_same(prey: Upstream) -> None:
    session = guarded_session(policy_for(prey.port), resolver=Dns())
    for template in HOSTILE:
        url = template.replace("{port}", str(prey.port))
        with pytest.raises((OutboundRefused, ClientError, ValueError)):  # aiohttp itself refuses some of them
            async with session.get(url, allow_redirects=False):
                pass
    await session.close()
    assert prey.connections == 0


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
        "http://metadata.example.org/",
        "file:///etc/passwd",
        "http://user:password@loop.example.org:{port}/",
        "https://loop.example.org:{port}/",
    ],
)
async def test_a_redirect_leads_nowhere_else(prey: Upstream, target: str) -> None:
    location = (("Location", target.replace("{port}", str(prey.port))),)
    async with upstream(Answer([], 302, location)) as named:
        policy = policy_for(prey.port, f"127.0.0.1:{named.port}")
        door = OutboundClient(policy, resolver=Dns(), timeout=5)
        with pytest.raises(OutboundRefused):
            await door.request("GET", f"http://127.0.0.1:{named.port}/", max_redirects=5)
        await door.close()
    assert prey.connections == 0


async def test_a_name_that_changes_its_answer_reaches_nobody(prey: Upstream) -> None:
    """Checked and connected to is one and the same answer: whoever answers otherwise afterwards is not asked."""
    dns = Dns(["127.0.0.1"], ["127.0.0.1"])
    door = OutboundClient(policy_for(prey.port), resolver=dns, timeout=5)
    for _ in range(3):
        with pytest.raises(OutboundRefused):
            await door.request("GET", f"http://rebind.example.org:{prey.port}/")
    await door.close()
    named = f"named.example.org:{prey.port}"
    turning = Dns(["127.0.0.1"], ["10.9.8.7"])
    door = OutboundClient(policy_for(prey.port, named), resolver=turning, timeout=5)
    assert (await door.request("GET", f"http://{named}/")).status == 200
    assert len(turning.asked) == 1, "asked once for one connection"
    await door.close()
    assert prey.connections == 1


async def test_private_among_public_answers_is_left_out(prey: Upstream) -> None:
    session = guarded_session(policy_for(prey.port), resolver=Dns(["127.0.0.1", "::1", "fe80::1"]))
    with pytest.raises(OutboundRefused, match="not to the public Internet"):
        async with session.get(f"http://mixed.example.org:{prey.port}/"):
            pass
    await session.close()
    assert prey.connections == 0


async def test_the_operator_can_name_private_hosts_and_no_more_opens(prey: Upstream) -> None:
    door = OutboundClient(
        policy_for(prey.port, f"127.0.0.1:{prey.port}", "loop.example.org"), resolver=Dns(), timeout=5
    )
    assert (await door.request("GET", f"http://127.0.0.1:{prey.port}/")).body == b"secret"
    assert (await door.request("GET", f"http://LOOP.example.org.:{prey.port}/")).body == b"secret"
    for refused in ("localhost", "127.0.0.2", "loop6.example.org", "2130706433", "[::ffff:127.0.0.1]"):
        with pytest.raises(OutboundRefused):
            await door.request("GET", f"http://{refused}:{prey.port}/")
    await door.close()


def _bomb(kind: str, size: int) -> bytes:
    zeros = bytes(size)
    return gzip.compress(zeros, 9) if kind == "gzip" else zlib.compress(zeros, 9)


@pytest.mark.parametrize("kind", ["gzip", "deflate"])
async def test_what_is_packed_does_not_unfold_without_end(kind: str) -> None:
    """60 MB of zeros in 60 kB: refused, and never held."""
    bomb = await asyncio.to_thread(_bomb, kind, 60_000_000)
    headers = (("Content-Type", "text/plain"), ("Content-Encoding", kind))
    async with upstream(Answer([Send(bomb)], 200, headers)) as server:
        door = OutboundClient(policy_for(server.port, f"127.0.0.1:{server.port}"), timeout=20)
        tracemalloc.start()
        try:
            with pytest.raises(OutboundTooLarge):
                await door.request("GET", f"http://127.0.0.1:{server.port}/")
            peak = tracemalloc.get_traced_memory()[1]
            cut = await door.request("GET", f"http://127.0.0.1:{server.port}/", cut_at=10_000)
        finally:
            tracemalloc.stop()
        await door.close()
    assert len(cut.body) == 10_000
    assert peak < 20_000_000, peak
