"""Stopping the task that runs a turn, from any process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from medea.kernel.ids import TurnId
from medea.kernel.signals.base import Signals


def topic_of(turn: TurnId) -> str:
    """Return the topic on which a turn is told to stop."""
    return f"conversations.cancel_{turn.hex}"


class Stop:
    """Whether the turn was told to stop, and the task to interrupt for it."""

    __slots__ = ("_task", "is_asked")

    def __init__(self) -> None:
        self.is_asked = False
        self._task: asyncio.Task[object] | None = None

    def ask(self, _payload: str = "") -> None:
        """Stop the turn."""
        if not self.is_asked:
            self.is_asked = True
            if self._task is not None:
                self._task.cancel()

    @contextmanager
    def interrupts(self) -> Iterator[None]:
        """Leave the block, without an exception, when the turn is told to stop.

        Other cancellations (shutdown, time limit, lost lease) pass through.
        """
        self._task = asyncio.current_task()
        try:
            yield
        except asyncio.CancelledError:
            if not self.is_asked or self._task is None or self._task.uncancel() > 0:
                raise
        finally:
            self._task = None


@contextmanager
def stoppable(signals: Signals, turn: TurnId) -> Iterator[Stop]:
    """Listen for the request to stop a turn. Begin before reading its state, so that none is missed."""
    stop = Stop()
    unsubscribe = signals.subscribe(topic_of(turn), stop.ask)
    try:
        yield stop
    finally:
        unsubscribe()
