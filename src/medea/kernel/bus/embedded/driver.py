"""The outbox's side of the PostgreSQL driver."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from medea.kernel.bus.driver import LocalWorker, Notice, Slot
from medea.kernel.bus.task import Job, Queue
from medea.kernel.ids import TenantId
from medea.kernel.signals.base import Signals, SignalsDown, Unsubscribe

WAKE = "bus.wake"  # signal: names of queues that have something new, joined by commas


class SignalFeed:
    """Wake-ups by signal; they reach every worker, and each claims what it has places for. See `Feed`.

    Args:
        signals: where they come from.
    """

    is_enough = False

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._unsubscribe: Unsubscribe = lambda: None

    def open(self, on_news: Callable[[Collection[Queue]], None], on_gap: Callable[[], None]) -> None:
        """Begin to listen."""

        def hear(queues: str) -> None:
            on_news(cast(list[Queue], queues.split(",")))

        self._unsubscribe = self._signals.subscribe(WAKE, hear, on_gap=on_gap)

    def share(self, free: Mapping[Queue, int]) -> Mapping[Queue, int]:
        """Return all: a wake-up does not say how much there is."""
        return free

    def claimed(self, asked: Mapping[Queue, int], jobs: Sequence[Job]) -> None:
        """Do nothing."""

    def ended(self, job: Job) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Listen no more."""
        self._unsubscribe()


class EmbeddedDriver:
    """Hands jobs to the worker of this process if there is one, and wakes those of others. See `Driver`.

    Args:
        signals: reaches all workers.
    """

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._worker: LocalWorker | None = None
        self._to_wake: set[Queue] = set()
        self._waking: asyncio.Task[None] | None = None
        self._timers: set[asyncio.TimerHandle] = set()

    def attach(self, worker: LocalWorker | None) -> None:
        """Set the worker of this process, or take it away."""
        self._worker = worker

    def feed(self, limits: Mapping[Queue, int]) -> SignalFeed:
        """Make the feed of a worker."""
        return SignalFeed(self._signals)

    def reserve(self, queue: Queue, tenant_id: TenantId) -> Slot | None:
        """Keep a place of the worker in this process."""
        return None if self._worker is None else self._worker.reserve(queue, tenant_id)

    def release(self, slot: Slot) -> None:
        """Give a place back."""
        if self._worker is not None:
            self._worker.release(slot)

    def dispatch(self, jobs: Sequence[tuple[Job, Slot | None]]) -> None:
        """Start what has a place, wake workers for the rest."""
        for job, slot in jobs:
            if slot is None:
                self.wake(job.queue, at=job.run_at)
            elif self._worker is not None:
                self._worker.start_leased(job, slot)

    def announce(self, notices: Sequence[Notice]) -> None:
        """Wake the workers of some jobs' queues."""
        for notice in notices:
            self.wake(notice.queue)

    def wake(self, queue: Queue, *, at: datetime | None = None) -> None:
        """Wake the workers of a queue, now or at a time (a restart forgets it; then polling finds it)."""
        delay = 0.0 if at is None else (at - datetime.now(UTC)).total_seconds()
        if delay > 0:
            if delay < 3600:
                self._wake_later(queue, delay)
            return
        self._to_wake.add(queue)
        if self._waking is None:
            self._waking = asyncio.create_task(self._wake(), name="bus-wake")

    def _wake_later(self, queue: Queue, delay: float) -> None:
        def fire() -> None:
            self._timers.discard(timer)
            self.wake(queue)

        timer = asyncio.get_running_loop().call_later(delay, fire)
        self._timers.add(timer)

    async def close(self) -> None:
        """Let a wake-up that is under way go out; forget the later ones."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        if self._waking is not None:
            await self._waking

    async def _wake(self) -> None:
        """Send one signal for all that came up meanwhile."""
        try:
            while self._to_wake:
                queues, self._to_wake = self._to_wake, set()
                with contextlib.suppress(SignalsDown):  # polling finds the jobs
                    await self._signals.publish(WAKE, ",".join(sorted(queues)))
        finally:
            self._waking = None
