"""The operator's view of the jobs: what waits, runs and was given up, whose it is, and which worker holds it.

All of it reads as `medea_system`, over all tenants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from medea.kernel.bus.periodic import PLATFORM_TENANT
from medea.kernel.bus.task import QUEUES, Queue
from medea.kernel.db.sql import Sql
from medea.kernel.ids import JobId, TenantId

State = Literal["queued", "running", "dead"]
STATES: tuple[State, ...] = ("queued", "running", "dead")

_COLUMNS = """id, tenant_id, task, queue, state, priority, attempts, max_attempts, created_at, run_at, expires_at,
 lease_owner, lease_until, last_error, trace"""

# ids begin with the time they were made, so the primary key has the newest last
_LIST = f"""
SELECT {_COLUMNS} FROM jobs
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR queue = $2) AND ($3::text IS NULL OR task = $3)
AND ($4::uuid IS NULL OR tenant_id = $4) AND ($5::uuid IS NULL OR id < $5)
ORDER BY id DESC LIMIT $6
"""

_GET = f"SELECT {_COLUMNS}, payload::text FROM jobs WHERE id = $1"

_LOADS = """
SELECT queue, tenant_id, count(*) FILTER (WHERE state = 'queued' AND run_at <= now()) AS waiting,
  count(*) FILTER (WHERE state = 'queued' AND run_at > now()) AS later,
  count(*) FILTER (WHERE state = 'running') AS running, count(*) FILTER (WHERE state = 'dead') AS dead,
  coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'queued' AND run_at <= now())), 0)::float8
    AS age
FROM jobs GROUP BY queue, tenant_id
"""

_HOLDERS = """
SELECT lease_owner, queue, count(*) AS running, extract(epoch FROM min(lease_until) - now())::float8 AS left_over
FROM jobs WHERE state = 'running' GROUP BY lease_owner, queue ORDER BY lease_owner, queue
"""

_TOP = 5  # tenants per queue


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the operator sees it.

    Attributes:
        tenant_id: whose it is; None for the installation's own work.
        task: task or subscription.
        lease_owner: the worker that holds it.
        lease_until: when another may take it over.
        last_error: why the last attempt failed, or why it was given up.
        payload: JSON text; None in a list.
    """

    id: JobId
    tenant_id: TenantId | None
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
    trace: str | None
    payload: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How much one tenant has in one queue.

    Attributes:
        tenant_id: None for the installation's own work.
        waiting: due.
        later: not due yet.
        running: at this moment.
        dead: given up.
        age: seconds that the oldest of what waits has been due.
    """

    tenant_id: TenantId | None
    waiting: int = 0
    later: int = 0
    running: int = 0
    dead: int = 0
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """How much is in one queue.

    Attributes:
        queue: which.
        total: of all tenants.
        tenants: that have the most waiting and running, the most first.
    """

    queue: Queue
    total: Load
    tenants: Sequence[Load]


@dataclass(frozen=True, slots=True)
class Holder:
    """A worker that holds leases.

    Attributes:
        name: of the worker: machine, process, and a part that no other has.
        running: jobs per queue.
        lease_left: seconds until its first lease runs out; below zero it has hung or died.
    """

    name: str
    running: dict[Queue, int]
    lease_left: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs are meant; None stands for all.

    Attributes:
        tenant_id: `PLATFORM_TENANT` for the installation's own work.
    """

    state: State | None = None
    queue: Queue | None = None
    task: str | None = None
    tenant_id: TenantId | None = None


async def list_jobs(sql: Sql, which: Filter, *, before: JobId | None = None, limit: int = 50) -> list[JobRow]:
    """Return jobs, newest first, payloads left out.

    Args:
        sql: a transaction of `medea_system`.
        which: filters.
        before: the last one of the page before.
        limit: how many at most.
    """
    rows = await sql.fetch(_LIST, which.state, which.queue, which.task, which.tenant_id, before, limit)
    return [_job(row) for row in rows]


async def find_job(sql: Sql, job_id: JobId) -> JobRow | None:
    """Return a job with its payload, or None: what is done has no row any more."""
    row = await sql.fetchrow(_GET, job_id)
    return None if row is None else _job(row)


async def list_queues(sql: Sql) -> list[QueueLoad]:
    """Return how much is in each queue, and whose the most of it is."""
    found: dict[str, list[Load]] = {queue: [] for queue in QUEUES}
    for row in await sql.fetch(_LOADS):
        numbers = {name: row[name] for name in ("waiting", "later", "running", "dead", "age")}
        found.setdefault(row["queue"], []).append(Load(_tenant(row), **numbers))
    return [_queue(queue, loads) for queue, loads in found.items()]  # type: ignore[arg-type]


async def list_holders(sql: Sql) -> list[Holder]:
    """Return the workers that hold leases. One that is idle holds none and is not seen."""
    holders: dict[str, Holder] = {}
    for row in await sql.fetch(_HOLDERS):
        known = holders.get(row["lease_owner"])
        running = {**(known.running if known else {}), row["queue"]: row["running"]}
        left = min(row["left_over"], known.lease_left) if known else row["left_over"]
        holders[row["lease_owner"]] = Holder(row["lease_owner"], running, left)
    return list(holders.values())


def _queue(queue: Queue, loads: list[Load]) -> QueueLoad:
    total = Load(
        None,
        waiting=sum(load.waiting for load in loads),
        later=sum(load.later for load in loads),
        running=sum(load.running for load in loads),
        dead=sum(load.dead for load in loads),
        age=max((load.age for load in loads), default=0.0),
    )
    busiest = sorted(loads, key=lambda load: (load.waiting + load.running, load.dead), reverse=True)
    return QueueLoad(queue, total, [load for load in busiest if load.waiting + load.running][:_TOP])


def _tenant(row: Any) -> TenantId | None:
    found = TenantId(row["tenant_id"])
    return None if found == PLATFORM_TENANT else found


def _job(row: Any) -> JobRow:
    return JobRow(**{**row, "id": JobId(row["id"]), "tenant_id": _tenant(row)})
