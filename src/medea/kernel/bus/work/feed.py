"""The port between a worker and the driver that brings it jobs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from medea.kernel.bus.driver import LocalWorker, Notice
from medea.kernel.bus.task import Job, Queue


class Feed(Protocol):
    """How one worker hears that jobs wait. News may be lost or doubled: the claim decides."""

    @property
    def is_enough(self) -> bool:
        """Whether every job is announced here, so that looking for others may be rare."""
        ...

    def open(self, on_news: Callable[[Collection[Queue]], None], on_gap: Callable[[], None]) -> None:
        """Begin to listen.

        Args:
            on_news: called with queues that have something new.
            on_gap: called after news may have been missed.
        """
        ...

    def share(self, free: Mapping[Queue, int]) -> Mapping[Queue, int]:
        """Return how many of the free places to claim for, where only news is to be followed."""
        ...

    def claimed(self, asked: Mapping[Queue, int], jobs: Sequence[Job]) -> None:
        """Be told what a claim for so many places found."""
        ...

    def ended(self, job: Job) -> None:
        """Be told that a claimed job's place is free again."""
        ...

    async def close(self) -> None:
        """Listen no more."""
        ...


class Carrier(Protocol):
    """What a worker needs of the driver."""

    def attach(self, worker: LocalWorker | None) -> None:
        """Set the worker of this process, or take it away."""
        ...

    def feed(self, limits: Mapping[Queue, int]) -> Feed:
        """Make the feed of a worker with so many places per queue."""
        ...

    def announce(self, notices: Sequence[Notice]) -> None:
        """Tell workers of jobs that wait (again)."""
        ...
