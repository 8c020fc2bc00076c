"""How often a call is repeated, and after which pause."""

import time

from medea.kernel.llm.config import CallLimits
from medea.kernel.llm.errors import ModelError, ModelTimeout
from medea.kernel.llm.messages import ModelRequest
from medea.kernel.spreading import spread


class Attempts:
    """The budget of one call until its first token: a number of attempts within one span of time.

    Args:
        limits: the installation's.
        request: of a model, which may ask for less patience than that.
    """

    __slots__ = ("_is_hurried", "_left", "_limits", "_pause", "deadline")

    def __init__(self, limits: CallLimits, request: ModelRequest | None = None) -> None:
        tries = None if request is None else request.max_attempts
        patience = min(limits.first_token, (request and request.first_token) or limits.first_token)
        self._limits = limits
        self._left = min(limits.max_attempts, tries or limits.max_attempts) - 1
        self._pause = limits.backoff
        self._is_hurried = patience < limits.first_token
        self.deadline = time.monotonic() + patience

    def remaining(self) -> float:
        """Seconds until the first token is overdue."""
        return max(0.0, self.deadline - time.monotonic())

    def overdue(self) -> ModelTimeout:
        """Return the failure of a call whose first token did not come in time."""
        failure = ModelTimeout()
        failure.is_early = self._is_hurried
        return failure

    def pause_after(self, failure: ModelError) -> float | None:
        """Seconds to wait before the next attempt; None if there is to be none.

        The pause doubles and is jittered between half and whole, so that many callers do not come back at
        once. A provider that names a longer wait is obeyed up to `max_backoff`; asking it again before would
        be rude, and waiting longer would be no answer to a person.
        """
        if not failure.retryable or self._left <= 0:
            return None
        self._left -= 1
        pause = spread(min(self._pause, self._limits.max_backoff), 0.5, 1.0)
        self._pause *= 2
        if failure.retry_after is not None:
            if failure.retry_after > self._limits.max_backoff:
                return None
            pause = max(pause, failure.retry_after)
        return pause if pause < self.remaining() else None
