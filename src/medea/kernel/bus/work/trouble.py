"""Telling of a fault that goes on without filling the log: at once, then ever more rarely, and when it is over."""

import time
from collections.abc import Callable

import structlog

_FIRST, _LONGEST = 5.0, 300.0  # seconds between two lines on the same trouble

_log = structlog.get_logger()


class Trouble:
    """One thing that a loop does again and again, and that may fail for a while.

    Args:
        event: name of the log line, `bus.claim_failed`; its end is told as `bus.claim_works_again`.
        clock: seconds.
    """

    def __init__(self, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._event = event
        self._clock = clock
        self._began: float | None = None
        self._next = 0.0
        self._pause = _FIRST
        self._times = 0

    def note(self, error: BaseException) -> None:
        """It failed."""
        now = self._clock()
        self._times += 1
        if self._began is None:
            self._began = now
        elif now < self._next:
            return
        else:
            self._pause = min(_LONGEST, self._pause * 2)
        self._next = now + self._pause
        _log.warning(self._event, error=repr(error), times=self._times, seconds=round(now - self._began, 1))

    def over(self) -> None:
        """It went well."""
        if self._began is not None:
            seconds = round(self._clock() - self._began, 1)
            _log.info(self._event.removesuffix("_failed") + "_works_again", times=self._times, seconds=seconds)
            self._began, self._pause, self._times = None, _FIRST, 0
