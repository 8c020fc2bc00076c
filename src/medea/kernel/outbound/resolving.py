"""Names to addresses, in threads of their own.

`getaddrinfo` keeps its thread for as long as a name's servers hang, far beyond the time of the request that asked. In
the loop's own pool of a few threads, a handful of such names would stop all that works in threads there.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp.abc import AbstractResolver, ResolveResult

_THREADS = ThreadPoolExecutor(64, thread_name_prefix="names")  # none is begun before it is needed
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV

_Address = tuple[int, int, str]  # family, protocol, address
_Key = tuple[str, int]


class ThreadResolver(AbstractResolver):
    """Asks the system. Who asks for a name that is asked for already shares the answer, and the thread."""

    def __init__(self) -> None:
        self._asking: dict[_Key, asyncio.Future[list[_Address]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name.

        Raises:
            OSError: it has none, or nobody knows.
        """
        key = (host, int(family))
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.get_running_loop().run_in_executor(_THREADS, _look_up, host, family)
            self._asking[key] = asking
            asking.add_done_callback(partial(self._forget, key))
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=protocol, flags=_NUMERIC)
            for kind, protocol, address in await asyncio.shield(asking)
        ]

    async def close(self) -> None:
        """Do nothing: threads that hang end by themselves."""

    def _forget(self, key: _Key, asked: asyncio.Future[list[_Address]]) -> None:
        del self._asking[key]
        if not asked.cancelled():
            asked.exception()  # whoever asked may not have waited for it


def _look_up(host: str, family: int) -> list[_Address]:
    found = socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [(kind, protocol, str(address[0])) for kind, _, protocol, _, address in found]
