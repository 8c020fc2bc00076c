"""Jobs, queues and workers. To all but operators none of this is there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import msgspec
from fastapi import Query

from medea.kernel.bus.inspection import Filter, JobRow, Load, QueueLoad, State
from medea.kernel.bus.task import Queue
from medea.kernel.ids import JobId, TenantId
from medea.kernel.web.problems import problems
from medea.kernel.web.routes import make_router
from medea.kernel.web.wire import ListOf, Paging
from medea.modules.operations import service
from medea.modules.operations.errors import JobNotDead, JobNotFound, NotForYou
from medea.modules.operations.permissions import Operator
from medea.modules.operations.schemas import (
    DeadJobs,
    JobCount,
    JobDetail,
    JobRead,
    JobTenant,
    LoadRead,
    ProcessRead,
    PurgeOrder,
    QueueRead,
    TaskName,
)

router = make_router("/operator", "Operating")
router.responses |= problems(NotForYou)

Names = Mapping[TenantId, str]


def _tenant(tenant_id: TenantId | None, names: Names) -> JobTenant | None:
    return None if tenant_id is None else JobTenant(id=tenant_id, name=names.get(tenant_id))


def _fields(job: JobRow, names: Names) -> dict[str, object]:
    return {**{name: getattr(job, name) for name in JobRow.__slots__}, "tenant": _tenant(job.tenant_id, names)}


def _read(job: JobRow, names: Names) -> JobRead:
    return JobRead.model_validate(_fields(job, names))


def _detail(job: JobRow, names: Names) -> JobDetail:
    return JobDetail.model_validate({**_fields(job, names), "payload": msgspec.json.decode(job.payload or "null")})


def _load(load: Load, names: Names) -> LoadRead:
    return LoadRead(tenant=_tenant(load.tenant_id, names), waiting=load.waiting, running=load.running)


def _queue(found: QueueLoad, names: Names) -> QueueRead:
    return QueueRead(
        queue=found.queue,
        waiting=found.total.waiting,
        scheduled=found.total.later,
        running=found.total.running,
        dead=found.total.dead,
        oldest_seconds=round(found.total.age, 1),
        busiest=[_load(load, names) for load in found.tenants],
    )


@router.get("/jobs")
async def list_jobs(
    ctx: Operator,
    page: Paging,
    state: Annotated[State | None, Query(description="only these")] = None,
    queue: Annotated[Queue | None, Query(description="only of this queue")] = None,
    task: Annotated[TaskName | None, Query(description="only of this task")] = None,
    tenant_id: Annotated[TenantId | None, Query(description="only of this company")] = None,
) -> ListOf[JobRead]:
    """List jobs of all companies, newest first. What is done is not there any more."""
    found = await service.list_jobs(ctx, Filter(state, queue, task, tenant_id), page)
    names = await service.names(ctx, (job.tenant_id for job in found.data))
    return ListOf.of(found, lambda job: _read(job, names))


@router.get("/jobs/{job_id}", responses=problems(JobNotFound))
async def get_job(job_id: JobId, ctx: Operator) -> JobDetail:
    """Return a job with its arguments and its last failure."""
    job = await service.get_job(ctx, job_id)
    return _detail(job, await service.names(ctx, [job.tenant_id]))


@router.post("/jobs/{job_id}/retry", responses=problems(JobNotFound, JobNotDead))
async def retry_job(job_id: JobId, ctx: Operator) -> JobRead:
    """Let a job that was given up wait again, with three attempts more."""
    job = await service.retry_job(ctx, job_id)
    return _read(job, await service.names(ctx, [job.tenant_id]))


@router.delete("/jobs/{job_id}", status_code=204, responses=problems(JobNotFound, JobNotDead))
async def purge_job(job_id: JobId, ctx: Operator) -> None:
    """Forget a job that was given up."""
    await service.purge_job(ctx, job_id)


@router.post("/jobs/retry")
async def retry_dead(body: DeadJobs, ctx: Operator) -> JobCount:
    """Let all chosen jobs that were given up wait again."""
    count = await service.retry_dead(ctx, task=body.task, queue=body.queue, tenant_id=body.tenant_id)
    return JobCount(count=count)


@router.post("/jobs/purge")
async def purge_dead(body: PurgeOrder, ctx: Operator) -> JobCount:
    """Forget all chosen jobs that were given up."""
    older_than = timedelta(hours=body.older_than_hours)
    count = await service.purge_dead(
        ctx, task=body.task, queue=body.queue, tenant_id=body.tenant_id, older_than=older_than
    )
    return JobCount(count=count)


@router.get("/queues")
async def list_queues(ctx: Operator) -> ListOf[QueueRead]:
    """List queues: how much waits and runs, how old the oldest is, and whose the most of it is."""
    found = await service.list_queues(ctx)
    names = await service.names(ctx, (load.tenant_id for queue in found for load in queue.tenants))
    return ListOf(data=[_queue(queue, names) for queue in found])


@router.get("/processes")
async def list_processes(ctx: Operator) -> ListOf[ProcessRead]:
    """List workers that hold jobs at this moment; an idle one holds none."""
    found = await service.list_processes(ctx)
    return ListOf(
        data=[ProcessRead(name=w.name, running=dict(w.running), lease_seconds=round(w.lease_left, 1)) for w in found]
    )
