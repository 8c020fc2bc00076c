"""The port between the outbox and whatever carries jobs to workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from medea.kernel.bus.task import Job, Queue


@dataclass(slots=True, eq=False)
class Slot:
    """A free place of a worker in this process, kept for a job that is about to be committed.

    Attributes:
        queue: whose concurrency it takes.
        owner: the worker's name, to be written as the row's lease owner.
        lease_seconds: how long the lease lasts.
        expires: `time.monotonic()` after which the worker takes the place back.
    """

    queue: Queue
    owner: str
    lease_seconds: float
    expires: float


class Driver(Protocol):
    """Carries written jobs to a worker. All methods are synchronous and cheap."""

    def reserve(self, queue: Queue) -> Slot | None:
        """Keep a place of a worker in this very process, if one is free: the job then needs no claim."""
        ...

    def release(self, slot: Slot) -> None:
        """Give a place back because the transaction was rolled back."""
        ...

    def dispatch(self, jobs: Sequence[tuple[Job, Slot | None]]) -> None:
        """Start those that have a slot, announce the others. Called right after the commit."""
        ...
