"""Wire types of jobs, queues and workers, and of the platform's models."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from medea.kernel.bus.inspection import State
from medea.kernel.bus.task import Queue
from medea.kernel.ids import JobId, TenantId
from medea.kernel.limits.allowance import Room
from medea.kernel.web.llm import ModelFacts
from medea.kernel.web.wire import Line, Wire, WireIn
from medea.modules.tenancy.facade import Agreed

TaskName = Annotated[Line, Field(min_length=1, max_length=200)]


class JobTenant(Wire):
    """Whose a job is. The name is null where the company is gone."""

    id: TenantId
    name: str | None


class JobRead(Wire):
    """A job. `tenant` is null for the installation's own work."""

    id: JobId
    tenant: JobTenant | None
    task: str
    queue: Queue
    state: State
    priority: int
    attempts: int
    max_attempts: int
    created_at: datetime
    run_at: datetime
    expires_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None
    last_error: str | None


class JobDetail(JobRead):
    """A job with its arguments."""

    payload: Any
    trace: str | None


class DeadJobs(WireIn):
    """Which of the jobs that were given up are meant; what is left out stands for all."""

    task: TaskName | None = None
    queue: Queue | None = None
    tenant_id: TenantId | None = None


class PurgeOrder(DeadJobs):
    """Which of the jobs that were given up are to be forgotten."""

    older_than_hours: float = Field(
        default=0, strict=True, ge=0, le=24 * 3650, description="written longer ago than that"
    )


class JobCount(Wire):
    """How many jobs it was done to."""

    count: int


class LoadRead(Wire):
    """How much one tenant has in one queue. `tenant` is null for the installation's own work."""

    tenant: JobTenant | None
    waiting: int
    running: int


class QueueRead(Wire):
    """How much is in a queue.

    `waiting` is due, `scheduled` is not yet; `oldest_seconds` is how long the oldest that waits has been due.
    """

    queue: Queue
    waiting: int
    scheduled: int
    running: int
    dead: int
    oldest_seconds: float
    busiest: list[LoadRead]


class ProcessRead(Wire):
    """A worker that holds jobs at this moment."""

    name: str
    running: dict[str, int]
    lease_seconds: float = Field(description="until its first lease runs out; below zero it has hung or died")


class PlatformModelRead(ModelFacts):
    """A model of the platform, or the offline one."""

    id: str
    name: str


class PlatformModels(Wire):
    """What the platform offers."""

    data: list[PlatformModelRead]


class AllowanceUpdate(WireIn):
    """How much a company may keep as knowledge; null: as much as all may. What is left out stays."""

    knowledge_bases: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    knowledge_documents: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    knowledge_pages: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    knowledge_bytes: Annotated[int, Field(ge=0, le=2**60, description="of originals")] | None = None


class RoomRead(Wire):
    """How much a company may keep as knowledge."""

    bases: int
    documents: int
    pages: int
    bytes: int


class AgreedRead(Wire):
    """What was agreed on with a company alone; null: what all may."""

    knowledge_bases: int | None
    knowledge_documents: int | None
    knowledge_pages: int | None
    knowledge_bytes: int | None


class AllowanceRead(Wire):
    """What a company may keep (`knowledge`), and what of it was agreed on with it alone."""

    agreed: AgreedRead
    knowledge: RoomRead

    @classmethod
    def of(cls, agreed: Agreed, room: Room) -> Self:
        """Read both."""
        return cls(agreed=AgreedRead.model_validate(agreed), knowledge=RoomRead.model_validate(room))
