"""How often a call is repeated, and after which pause."""

import random
import time

from medea.kernel.llm.config import CallLimits
from medea.kernel.llm.errors import ModelError


class Attempts:
    """The budget of one call until its first token: a number of attempts within one span of time."""

    __slots__ = ("_left", "_limits", "_pause", "deadline")

    def __init__(self, limits: CallLimits) -> None:
        self._limits = limits
        self._left = limits.max_attempts - 1
        self._pause = limits.backoff
        self.deadline = time.monotonic() + limits.first_token

    def remaining(self) -> float:
        """Seconds until the first token is overdue."""
        return max(0.0, self.deadline - time.monotonic())

    def pause_after(self, failure: ModelError) -> float | None:
        """Seconds to wait before the next attempt; None if there is to be none.

        The pause doubles and is jittered between half and whole, so that many callers do not come back at
        once. A provider that names a longer wait is obeyed up to `max_backoff`; asking it again before would
        be rude, and waiting longer would be no answer to a person.
        """
        if not failure.retryable or self._left <= 0:
            return None
        self._left -= 1
        pause = min(self._pause, self._limits.max_backoff) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        self._pause *= 2
        if failure.retry_after is not None:
            if failure.retry_after > self._limits.max_backoff:
                return None
            pause = max(pause, failure.retry_after)
        return pause if pause < self.remaining() else None
