"""The signals that end a process."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Stopping:
    """The signals that end a process. Once it serves, the first one asks and the second one insists.

    Attributes:
        is_orderly: the first one was SIGTERM, as whoever runs many processes sends it; a person at a terminal
            has nobody who would send traffic elsewhere, and does not like to wait.
    """

    def __init__(self) -> None:
        self.is_orderly = False
        self._asked = asyncio.Event()
        self._is_serving = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Take SIGINT, SIGTERM and SIGHUP until the block ends."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for each in signals:
            loop.add_signal_handler(each, self._on_signal, each, task)
        try:
            yield
        finally:
            for each in signals:
                loop.remove_signal_handler(each)

    def _on_signal(self, which: signal.Signals, task: "asyncio.Task[None] | None") -> None:
        self.is_orderly = which == signal.SIGTERM
        if task is not None and (self._asked.is_set() or not self._is_serving):
            task.cancel()
        self._asked.set()

    async def wait(self, serving: "asyncio.Task[None] | None" = None) -> None:
        """Wait for the first signal, or for the end of what serves; a fault of that is raised."""
        self._is_serving = True
        asked = asyncio.create_task(self._asked.wait())
        await asyncio.wait({asked, serving} if serving else {asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if serving is not None and serving.done():
            serving.result()
