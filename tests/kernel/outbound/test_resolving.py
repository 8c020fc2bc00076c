"""Names whose servers hang hold up nothing but whoever asks for them."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from medea.kernel.outbound.client import OutboundClient
from medea.kernel.outbound.errors import OutboundTimeout, OutboundUnreachable
from medea.kernel.outbound.policy import OutboundPolicy
from medea.kernel.outbound.resolving import ThreadResolver
from tests.contracts.eventually import eventually


@dataclass
class Names:
    """The system's resolver: names that begin with `slow` hang until they are let go."""

    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)

    def getaddrinfo(self, host: str, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        if host.startswith("slow"):
            self.gate.wait(120)
        if host.startswith("none"):
            raise socket.gaierror(socket.EAI_NONAME, "nobody knows")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", 0))]


@pytest.fixture
def names(monkeypatch: Any) -> Iterator[Names]:
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    yield names
    names.gate.set()


async def test_forty_names_that_hang_stop_neither_others_nor_threads(names: Names) -> None:
    resolver = ThreadResolver()
    hanging = [asyncio.create_task(resolver.resolve(f"slow{number}.example.com", 443)) for number in range(40)]
    await eventually(lambda: len(names.asked) == 40)
    async with asyncio.timeout(60):
        assert await asyncio.to_thread(lambda: "done") == "done"
        [found] = await resolver.resolve("quick.example.com", 443)
    assert (found["hostname"], found["host"], found["port"]) == ("quick.example.com", "203.0.113.7", 443)
    assert not any(task.done() for task in hanging)
    names.gate.set()
    assert len(await asyncio.gather(*hanging)) == 40


async def test_one_name_is_asked_for_once_at_a_time(names: Names) -> None:
    resolver = ThreadResolver()
    waiting = [asyncio.create_task(resolver.resolve("slow.example.com", port)) for port in (80, 443, 8080)]
    await eventually(lambda: bool(names.asked))
    waiting[0].cancel()  # who gives up takes nothing from the others
    names.gate.set()
    given_up, *answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(given_up, asyncio.CancelledError)
    assert [answer[0]["port"] for answer in answers if isinstance(answer, list)] == [443, 8080]
    assert names.asked == ["slow.example.com"]
    await resolver.resolve("slow.example.com", 443)
    assert len(names.asked) == 2, "nothing is remembered"


async def test_a_name_that_nobody_knows_and_one_that_hangs_are_told_apart(names: Names) -> None:
    client = OutboundClient(OutboundPolicy(), timeout=0.2)
    with pytest.raises(OutboundUnreachable):
        await client.request("GET", "https://none.example.com/", timeout=60)
    with pytest.raises(OutboundTimeout):
        await client.request("GET", "https://slow.example.com/")
    names.gate.set()
    await client.close()
