"""Tells when the event loop of a worker does not move: a handler that blocks it stops all others, and their leases.

Another process takes the jobs over when the leases run out; this says whose fault it is.
"""

import asyncio
import sys
import threading
import time
import traceback
from types import FrameType

import structlog

_log = structlog.get_logger()

_FRAMES = 6  # of the blocking stack, the innermost


class Watchdog:
    """A thread that looks whether the loop's heart beats.

    It cannot look while the blocking code holds the interpreter's lock; then it tells afterwards.

    Args:
        patience: seconds without a beat.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._beat = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Watch the running loop and its thread."""
        loop = asyncio.get_running_loop()

        def beat() -> None:
            self._beat = time.monotonic()
            self._timer = loop.call_later(self._patience / 5, beat)

        beat()
        ident = threading.get_ident()
        threading.Thread(target=self._watch, args=(ident,), name="bus-watchdog", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopped.set()
        if self._timer is not None:
            self._timer.cancel()

    def _watch(self, ident: int) -> None:
        blocked_since: float | None = None
        while not self._stopped.wait(self._patience / 5):
            beat = self._beat
            if blocked_since is None and time.monotonic() - beat > self._patience:
                blocked_since = beat
                where = _stack(sys._current_frames().get(ident))  # noqa: SLF001 - documented, in spite of its name
                _log.error("bus.loop_blocked", seconds=round(time.monotonic() - beat, 1), where=where)
            elif blocked_since is not None and beat > blocked_since:
                _log.warning("bus.loop_moves_again", seconds=round(beat - blocked_since, 1))
                blocked_since = None


def _stack(frame: FrameType | None) -> list[str]:
    """Return where a thread is: file, line and function of its innermost frames, the innermost last."""
    found = traceback.extract_stack(frame)[-_FRAMES:] if frame is not None else []
    return [f"{each.filename}:{each.lineno} {each.name}" for each in found]
