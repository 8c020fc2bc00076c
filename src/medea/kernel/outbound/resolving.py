"""Names to addresses, in threads of their own.

`getaddrinfo` keeps its thread for as long as a name's servers hang, far beyond the time of the request that asked. In
the loop's own pool of a few threads, a handful of such names would stop all that works in threads there. Here nobody's
names can take all threads: those of one owner have a share of them, and what nobody waits for any more is not begun.
"""

import asyncio
import contextlib
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field

from aiohttp.abc import AbstractResolver, ResolveResult

_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
_SHARED = frozenset({"ac", "co", "com", "edu", "go", "gob", "gouv", "gov", "ne", "net", "nom", "or", "org"})

_Address = tuple[int, int, str]  # family, protocol, address
_Key = tuple[str, int]
_Asker = asyncio.Future[list[_Address]]


@dataclass(slots=True)
class _Asked:
    """A name that is asked for: how often, and for whom."""

    domain: str
    askers: list[_Asker] = field(default_factory=list)


class Lookups:
    """What a process asks the system, name by name.

    Its threads end when they have nothing to do, and do not keep the process from ending.

    Args:
        threads: that may ask at once.
        share: of them, and of the places in the queue, that names of one domain may take.
    """

    def __init__(self, *, threads: int = 64, share: int = 8) -> None:
        self._most = threads
        self._share = share
        self._lock = threading.Lock()  # held for moments
        self._threads = 0
        self._asked: dict[_Key, _Asked] = {}
        self._waiting: dict[_Key, None] = {}  # of these the ones that no thread has begun, oldest first
        self._taken: Counter[str] = Counter()  # by domain

    async def ask(self, host: str, family: int) -> list[_Address]:
        """Return the addresses of a name. Who asks for one that is asked for already shares the answer.

        Raises:
            OSError: it has none, nobody knows, or too many names of its domain are asked for already.
        """
        key = (host, family)
        asker: _Asker = asyncio.get_running_loop().create_future()
        self._join(key, asker)
        try:
            return await asker
        finally:
            self._leave(key, asker)

    def _join(self, key: _Key, asker: _Asker) -> None:
        with self._lock:
            asked = self._asked.get(key)
            if asked is not None:
                asked.askers.append(asker)
                return
            domain = domain_of(key[0])
            if self._taken[domain] >= self._share:
                raise OSError(f"too many names of {domain} are being looked up")
            self._asked[key] = _Asked(domain, [asker])
            self._waiting[key] = None
            self._taken[domain] += 1
            if self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._work, name="names", daemon=True).start()

    def _leave(self, key: _Key, asker: _Asker) -> None:
        with self._lock:
            asked = self._asked.get(key)
            if asked is None or asker not in asked.askers:
                return
            asked.askers.remove(asker)
            if not asked.askers and key in self._waiting:
                del self._waiting[key]
                self._forget(key)

    def _forget(self, key: _Key) -> _Asked:
        asked = self._asked.pop(key)
        self._taken[asked.domain] -= 1
        if not self._taken[asked.domain]:
            del self._taken[asked.domain]
        return asked

    def _work(self) -> None:
        while True:
            with self._lock:
                key = next(iter(self._waiting), None)
                if key is None:
                    self._threads -= 1
                    return
                del self._waiting[key]
            found: list[_Address] | Exception
            try:
                found = _look_up(*key)
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                found = error
            with self._lock:
                askers = self._forget(key).askers
            for asker in askers:
                with contextlib.suppress(RuntimeError):  # its loop is closed
                    asker.get_loop().call_soon_threadsafe(_tell, asker, found)


_ALL = Lookups()


class ThreadResolver(AbstractResolver):
    """Asks the system.

    Args:
        lookups: for tests; all others share those of the process.
    """

    def __init__(self, lookups: Lookups = _ALL) -> None:
        self._lookups = lookups

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name.

        Raises:
            OSError: see `Lookups.ask`.
        """
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=protocol, flags=_NUMERIC)
            for kind, protocol, address in await self._lookups.ask(host, int(family))
        ]

    async def close(self) -> None:
        """Do nothing: threads that hang end by themselves."""


def domain_of(host: str) -> str:
    """Return the part of a name that was registered: who has it has all names below.

    Two labels, or three below the likes of `co.uk`. The public suffix list would know more, and is not needed: a
    suffix that is not known here has one share for all that are below it.
    """
    labels = host.lower().rstrip(".").split(".")
    is_shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3 if is_shared else -2 :])


def _tell(asker: _Asker, found: list[_Address] | Exception) -> None:
    if asker.done():
        return
    if isinstance(found, Exception):
        asker.set_exception(found)
    else:
        asker.set_result(found)


def _look_up(host: str, family: int) -> list[_Address]:
    found = socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [(kind, protocol, str(address[0])) for kind, _, protocol, _, address in found]
