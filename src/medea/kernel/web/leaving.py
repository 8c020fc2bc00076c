"""How a process leaves: first no new work is sent to it, then its streams end, each with a word of farewell."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request


class Leaving:
    """The two steps of one process on its way out. Made with the application, seen by every request.

    Attributes:
        is_announced: `/readyz` says no, and answers ask their clients not to keep the connection.
    """

    def __init__(self) -> None:
        self.is_announced = False
        self._streams_end = asyncio.Event()

    def announce(self) -> None:
        """Ask for no more traffic; what comes all the same is served."""
        self.is_announced = True

    def end_streams(self) -> None:
        """End the streams that can be joined at another process."""
        self.is_announced = True
        self._streams_end.set()

    async def wait_for_end_of_streams(self) -> None:
        """Wait until streams are to end."""
        await self._streams_end.wait()


def is_leaving_of(request: Request) -> Callable[[], bool]:
    """Return what says whether the process that serves a request is on its way out."""
    leaving: Leaving = request.app.state.leaving
    return lambda: leaving.is_announced
