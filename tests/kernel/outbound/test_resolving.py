"""Names whose servers hang hold up nothing but whoever asks for them."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from medea.kernel.outbound.client import OutboundClient
from medea.kernel.outbound.errors import OutboundTimeout, OutboundUnreachable
from medea.kernel.outbound.policy import OutboundPolicy
from medea.kernel.outbound.resolving import Lookups, ThreadResolver, domain_of
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
    hanging = [asyncio.create_task(resolver.resolve(f"slow{number}.example{number}.com", 443)) for number in range(40)]
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


async def test_what_nobody_waits_for_any_more_is_not_asked(names: Names) -> None:
    resolver = ThreadResolver(Lookups(threads=1))
    hanging = asyncio.create_task(resolver.resolve("slow.example.com", 443))
    await eventually(lambda: names.asked == ["slow.example.com"])
    waiting = [asyncio.create_task(resolver.resolve("left.example.org", 443)) for _ in range(2)]
    staying = asyncio.create_task(resolver.resolve("last.example.net", 443))
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
        await asyncio.wait({task})
    names.gate.set()
    await asyncio.gather(hanging, staying)
    assert names.asked == ["slow.example.com", "last.example.net"]


async def test_names_of_one_domain_have_a_share_of_the_threads(names: Names) -> None:
    resolver = ThreadResolver(Lookups(threads=64, share=8))
    hanging = [asyncio.create_task(resolver.resolve(f"slow{number}.example.com", 443)) for number in range(8)]
    await eventually(lambda: len(names.asked) == 8)
    with pytest.raises(OSError, match=r"too many names of example\.com"):
        await resolver.resolve("slow8.example.com", 443)
    again = asyncio.create_task(resolver.resolve("slow0.example.com", 443))  # it is asked for already
    async with asyncio.timeout(60):
        assert await resolver.resolve("quick.example.org", 443)
    for task in hanging:  # whoever asked has gone, the thread has not
        task.cancel()
    await asyncio.wait(hanging)
    with pytest.raises(OSError, match=r"too many names of example\.com"):
        await resolver.resolve("slow8.example.com", 443)
    names.gate.set()
    assert await again
    async with asyncio.timeout(60):
        assert await resolver.resolve("slow8.example.com", 443)


async def test_who_has_left_the_queue_leaves_a_place_in_it(names: Names) -> None:
    resolver = ThreadResolver(Lookups(threads=1, share=2))
    tasks = [asyncio.create_task(resolver.resolve(f"slow{number}.example.com", 443)) for number in range(2)]
    await eventually(lambda: bool(names.asked))
    tasks[1].cancel()
    await asyncio.wait({tasks[1]})
    tasks[1] = asyncio.create_task(resolver.resolve("other.example.com", 443))
    await asyncio.sleep(0)
    names.gate.set()
    assert all(await asyncio.gather(*tasks))
    assert names.asked == ["slow0.example.com", "other.example.com"]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("localhost", "localhost"),
        ("example.com", "example.com"),
        ("a.b.Example.com.", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("a1.abc.de", "abc.de"),
    ],
)
def test_whose_name_it_is(host: str, domain: str) -> None:
    assert domain_of(host) == domain


def test_a_name_that_hangs_does_not_keep_a_process_from_ending() -> None:
    code = (
        "import asyncio, contextlib, socket, threading\n"
        "from medea.kernel.outbound.resolving import ThreadResolver\n"
        "begun = threading.Event()\n"
        "def hang(*_, **__):\n    begun.set()\n    threading.Event().wait()\n"
        "socket.getaddrinfo = hang\n"
        "async def main():\n"
        "    task = asyncio.create_task(ThreadResolver().resolve('slow.example.com', 443))\n"
        "    await asyncio.to_thread(begun.wait)\n"
        "    task.cancel()\n"
        "    await asyncio.wait({task})\n"
        "asyncio.run(main())\nprint('done')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "done", done.stderr


async def test_a_name_that_nobody_knows_and_one_that_hangs_are_told_apart(names: Names) -> None:
    client = OutboundClient(OutboundPolicy(), timeout=0.2)
    with pytest.raises(OutboundUnreachable):
        await client.request("GET", "https://none.example.com/", timeout=60)
    with pytest.raises(OutboundTimeout):
        await client.request("GET", "https://slow.example.com/")
    names.gate.set()
    await client.close()
