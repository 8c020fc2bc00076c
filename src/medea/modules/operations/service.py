"""Looking after jobs of all tenants, and after the platform's models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from medea.kernel.bus import deadletters, inspection
from medea.kernel.bus.inspection import Filter, Holder, JobRow, QueueLoad
from medea.kernel.bus.task import Queue
from medea.kernel.context import Context
from medea.kernel.db.paging import Page, PageRequest
from medea.kernel.ids import JobId, TenantId
from medea.kernel.limits.allowance import Room
from medea.kernel.llm.catalogue import ModelInfo
from medea.kernel.llm.circuits import OpenCircuit
from medea.kernel.llm.config import PLATFORM
from medea.modules.operations.errors import JobNotDead, JobNotFound
from medea.modules.tenancy import facade as tenancy


async def list_jobs(ctx: Context, which: Filter, request: PageRequest) -> Page[JobRow]:
    """Return jobs, newest first.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    before = request.id_key(JobId)
    async with ctx.ports.database.system(durable=False) as sql:
        rows = await inspection.list_jobs(sql, which, before=before, limit=request.limit + 1)
    return request.page(rows, lambda job: [str(job.id)])


async def get_job(ctx: Context, job_id: JobId) -> JobRow:
    """Return a job with its payload, which may hold what tenants would not show everybody: so it is logged.

    Raises:
        JobNotFound: it is done, or never was.
    """
    async with ctx.ports.database.system(durable=False) as sql:
        job = await inspection.find_job(sql, job_id)
    if job is None:
        raise JobNotFound()
    ctx.log.info("operations.job_shown", operator=ctx.principal.id, job_id=str(job_id), task=job.task)
    return job


async def retry_job(ctx: Context, job_id: JobId) -> JobRow:
    """Let one job that was given up wait again.

    Raises:
        JobNotFound: there is none of this id.
        JobNotDead: it waits or runs.
    """
    async with ctx.ports.database.system() as sql:
        done = await deadletters.retry_dead(sql, [job_id])
        job = await inspection.find_job(sql, job_id)
    if job is None:
        raise JobNotFound()
    if not done:
        raise JobNotDead(state=job.state)
    ctx.log.info("operations.job_retried", operator=ctx.principal.id, job_id=str(job_id), task=job.task)
    return job


async def purge_job(ctx: Context, job_id: JobId) -> None:
    """Forget one job that was given up.

    Raises:
        JobNotFound: there is none of this id.
        JobNotDead: it waits or runs.
    """
    async with ctx.ports.database.system() as sql:
        job = await inspection.find_job(sql, job_id)
        done = await deadletters.purge_dead(sql, [job_id])
    if job is None:
        raise JobNotFound()
    if not done:
        raise JobNotDead(state=job.state)
    ctx.log.info("operations.job_purged", operator=ctx.principal.id, job_id=str(job_id), task=job.task)


async def retry_dead(ctx: Context, *, task: str | None, queue: Queue | None, tenant_id: TenantId | None) -> int:
    """Let all chosen jobs that were given up wait again; return how many."""
    async with ctx.ports.database.system() as sql:
        number = await deadletters.retry_dead(sql, name=task, queue=queue, tenant_id=tenant_id)
    ctx.log.info(
        "operations.dead_retried",
        operator=ctx.principal.id,
        number=number,
        task=task,
        queue=queue,
        of_tenant=tenant_id and str(tenant_id),
    )
    return number


async def purge_dead(
    ctx: Context, *, task: str | None, queue: Queue | None, tenant_id: TenantId | None, older_than: timedelta
) -> int:
    """Forget all chosen jobs that were given up and written longer ago than that; return how many."""
    async with ctx.ports.database.system() as sql:
        number = await deadletters.purge_dead(sql, name=task, queue=queue, tenant_id=tenant_id, older_than=older_than)
    ctx.log.info(
        "operations.dead_purged",
        operator=ctx.principal.id,
        number=number,
        task=task,
        queue=queue,
        of_tenant=tenant_id and str(tenant_id),
        older_than_seconds=older_than.total_seconds(),
    )
    return number


async def list_queues(ctx: Context) -> list[QueueLoad]:
    """Return how much is in each queue."""
    async with ctx.ports.database.system(durable=False) as sql:
        return await inspection.list_queues(sql)


async def list_processes(ctx: Context) -> list[Holder]:
    """Return the workers that hold jobs at this moment."""
    async with ctx.ports.database.system(durable=False) as sql:
        return await inspection.list_holders(sql)


async def names(ctx: Context, tenant_ids: Iterable[TenantId | None]) -> dict[TenantId, str]:
    """Return the names of companies."""
    wanted: Sequence[TenantId] = list({tenant_id for tenant_id in tenant_ids if tenant_id is not None})
    return await tenancy.names_of_tenants(ctx.ports, wanted)


async def list_models(ctx: Context) -> list[ModelInfo]:
    """Return the platform's models and the offline one, each as the operator's entry has it."""
    written = await tenancy.list_platform_entries(ctx)
    rows: list[ModelInfo] = await ctx.ports.models.list_models()
    known = {row.id for row in rows}
    rows += [ModelInfo(model, model, PLATFORM) for model in written if model not in known]
    return [_under(row, written.get(row.id)) for row in rows]


def _under(row: ModelInfo, entry: tenancy.Entry | None) -> ModelInfo:
    if entry is None:
        return row
    return replace(row.under(entry.terms, said_by="operator"), is_enabled=entry.is_enabled)


async def update_model(ctx: Context, model: str, changes: Mapping[str, Any]) -> ModelInfo:
    """Write down what is said of a model of the platform, or switch it off; return it as it is now.

    Raises:
        InvalidModelEntry: one price without the other.
    """
    entry = await tenancy.update_platform_entry(ctx, model, changes)
    rows: list[ModelInfo] = await ctx.ports.models.list_models()
    row = next((row for row in rows if row.id == model), ModelInfo(model, model, PLATFORM))
    return _under(row, entry)


async def change_allowance(
    ctx: Context, tenant_id: TenantId, changes: Mapping[str, int | None]
) -> tuple[tenancy.Agreed, Room]:
    """Let a company keep more or less than others; return what was agreed on and what holds now.

    Raises:
        TenantNotFound: there is no such company.
    """
    agreed, room = await tenancy.agree_on_room(ctx.ports, tenant_id, changes)
    if changes:
        ctx.log.info(
            "operations.allowance_changed", operator=ctx.principal.id, of_tenant=str(tenant_id), changes=dict(changes)
        )
    return agreed, room


def list_circuits(ctx: Context) -> list[OpenCircuit]:
    """Return what this process leaves alone, of all tenants."""
    found: list[OpenCircuit] = ctx.ports.models.list_circuits()
    return found
