"""Waiting for what happens elsewhere."""

import asyncio
from collections.abc import Callable


async def eventually(condition: Callable[[], bool], *, seconds: float = 60.0) -> None:
    """Return once a condition holds; fail with TimeoutError if it does not come to."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for may be another process's doing
            await asyncio.sleep(0.005)
