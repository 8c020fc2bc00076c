"""The port between the outbox and whatever carries jobs to workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from medea.kernel.bus.task import Job, Queue
from medea.kernel.ids import JobId, TenantId


@dataclass(slots=True, eq=False)
class Slot:
    """A free place of a worker in this process, kept for a job that is about to be committed.

    Attributes:
        queue: whose concurrency it takes.
        tenant_id: whose job it is kept for.
        owner: the worker's name, to be written as the row's lease owner.
        lease_seconds: how long the lease lasts.
        expires: `time.monotonic()` after which the worker takes the place back.
    """

    queue: Queue
    tenant_id: TenantId
    owner: str
    lease_seconds: float
    expires: float


@dataclass(frozen=True, slots=True)
class Notice:
    """Word of a job that waits. It may be lost or come twice: the row is the truth.

    Attributes:
        id: of the row.
        tenant_id: whose job it is.
        queue: where it waits.
        trace: W3C traceparent of what wrote it.
    """

    id: JobId
    tenant_id: TenantId
    queue: Queue
    trace: str | None = None

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return word of a job."""
        return cls(job.id, job.tenant_id, job.queue, job.trace)


class LocalWorker(Protocol):
    """What a driver needs of a worker in the same process."""

    def reserve(self, queue: Queue, tenant_id: TenantId) -> Slot | None:
        """Keep a place for a tenant's job."""
        ...

    def release(self, slot: Slot) -> None:
        """Give it back."""
        ...

    def start_leased(self, job: Job, slot: Slot) -> None:
        """Run a job that was written as this worker's."""
        ...


class Driver(Protocol):
    """Carries written jobs to a worker. All methods are synchronous and cheap."""

    def reserve(self, queue: Queue, tenant_id: TenantId) -> Slot | None:
        """Keep a place of a worker in this very process, if its tenant may have one: the job needs no claim."""
        ...

    def release(self, slot: Slot) -> None:
        """Give a place back because the transaction was rolled back."""
        ...

    def dispatch(self, jobs: Sequence[tuple[Job, Slot | None]]) -> None:
        """Start those that have a slot, announce the others. Called right after the commit."""
        ...
