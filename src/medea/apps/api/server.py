"""uvicorn, as our processes start and stop it."""

import asyncio
import math
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from medea.apps.api.connections import Connection
from medea.kernel.context import Ports
from medea.kernel.web.leaving import Leaving

_LAST_SECONDS = 2  # for the answers of those who were told that nothing more comes
_LOOKS = 6  # at who is silent, while a connection may be
_TICKS = 10  # of uvicorn's, in a second


class Server(uvicorn.Server):
    """Leaves signals to the command line, says when it answers, and stops without losing a client.

    Stopping takes three steps. No connection is accepted any more, and at once every stream that can be joined
    elsewhere ends with its farewell. What else is being answered may end within the grace time. Then what still
    waits for a turn is told that it broke off.

    Args:
        app: what to serve.
        ports: whose live streams end in the last step.
        patience: seconds for the head of a request, and between two pieces of its body.
    """

    def __init__(self, app: FastAPI, ports: Ports, *, patience: float = 30.0) -> None:
        grace = ports.settings.web.grace_seconds
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=math.ceil(grace) + _LAST_SECONDS,
            )
        )
        self.is_up = asyncio.Event()
        self._leaving: Leaving = app.state.leaving
        self._ports = ports
        self._grace = grace
        self._patience = patience
        self._every = max(1, round(patience * _TICKS / _LOOKS))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.is_up.set()

    async def on_tick(self, counter: int) -> bool:
        """Look after the server; hang up on connections that do not say what they began to say."""
        if counter % self._every == 0:
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.hang_up_if_silent(self._patience)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as told above."""
        # those who wait for it run at the first pause of the call below: by then nothing is accepted any more
        self._leaving.end_streams()
        ending = asyncio.create_task(self._end_what_waits())
        try:
            await super().shutdown(sockets)
        finally:
            ending.cancel()

    def insist(self) -> None:
        """Wait for nothing any more."""
        self.force_exit = True

    async def _end_what_waits(self) -> None:
        await asyncio.sleep(self._grace)
        await self._ports.streams.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
