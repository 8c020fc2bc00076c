"""Seeing which work leaves the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class Handed(ThreadPoolExecutor):
    """The loop's threads, with the names of the functions that `asyncio.to_thread` handed to them."""

    def __init__(self) -> None:
        super().__init__(max_workers=4)
        self.names: list[str] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a function in a thread."""
        work = getattr(fn, "args", ())  # a partial of the context's run and the function itself
        self.names += [getattr(part, "__name__", "") for part in work[:1]]
        return super().submit(fn, *args, **kwargs)


def watch_threads() -> Handed:
    """Let the running loop use threads that remember what they were given."""
    handed = Handed()
    asyncio.get_running_loop().set_default_executor(handed)
    return handed
