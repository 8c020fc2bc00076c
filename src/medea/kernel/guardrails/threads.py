"""Where long texts are gone through: not where everybody else waits."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

LONG = 4_000
"""Characters. A shorter text is done with sooner than a thread is begun."""
T = TypeVar("T")


async def beside(work: Callable[[], T], chars: int) -> T:
    """Do a piece of work that takes as long as a text is; for a long one in a thread, so that others go on.

    Args:
        work: without arguments.
        chars: how long the text is.
    """
    return work() if chars <= LONG else await asyncio.to_thread(work)
