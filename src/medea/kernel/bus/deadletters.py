"""What was given up, and how much waits: the operator's view of the jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from medea.kernel.bus.task import Queue
from medea.kernel.db.sql import Sql
from medea.kernel.ids import JobId, TenantId

_LIST = """
SELECT id, tenant_id, task, queue, payload::text, attempts, last_error, created_at FROM jobs
WHERE state = 'dead' AND ($1::text IS NULL OR task = $1)
ORDER BY created_at DESC, id LIMIT $2
"""

_RETRY = """
UPDATE jobs SET state = 'queued', run_at = now(), max_attempts = attempts + $2
WHERE state = 'dead' AND ($1::uuid[] IS NULL OR id = ANY($1))
"""

_PURGE = "DELETE FROM jobs WHERE state = 'dead' AND created_at < now() - $1::interval"

_COUNT = """
SELECT queue, state, count(*) AS number, coalesce(extract(epoch FROM now() - min(run_at)), 0)::float8 AS age
FROM jobs GROUP BY queue, state
"""


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up.

    Attributes:
        id: of the row.
        tenant_id: whose it is.
        name: task or subscription.
        queue: where it ran.
        payload: JSON text.
        attempts: how many there were.
        reason: of the last failure.
        created_at: when it was written.
    """

    id: JobId
    tenant_id: TenantId
    name: str
    queue: Queue
    payload: str
    attempts: int
    reason: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How much is in one queue in one state.

    Attributes:
        queue: which.
        state: `queued`, `running` or `dead`.
        number: of jobs.
        age: seconds since the oldest was due (below zero: none is due yet).
    """

    queue: Queue
    state: str
    number: int
    age: float


async def list_dead(sql: Sql, *, name: str | None = None, limit: int = 100) -> list[DeadJob]:
    """Return what was given up, newest first: as `medea_app` the tenant's own, as `medea_system` all."""
    return [_dead(row) for row in await sql.fetch(_LIST, name, limit)]


async def retry_dead(sql: Sql, ids: Sequence[JobId] | None = None, *, attempts: int = 3) -> int:
    """Let dead jobs wait again; workers find them by polling.

    Args:
        sql: a transaction; the role decides whose jobs it reaches.
        ids: which; None for all.
        attempts: how many more each gets.

    Returns:
        How many there were.
    """
    return _count(await sql.execute(_RETRY, ids, attempts))


async def purge_dead(sql: Sql, *, older_than: timedelta = timedelta(0)) -> int:
    """Delete dead jobs written longer ago than that; return how many."""
    return _count(await sql.execute(_PURGE, older_than))


async def count_jobs(sql: Sql) -> list[QueueDepth]:
    """Return how much is in which queue."""
    rows = await sql.fetch(_COUNT)
    return [QueueDepth(row["queue"], row["state"], row["number"], row["age"]) for row in rows]


def _count(tag: str) -> int:
    return int(tag.rpartition(" ")[2])


def _dead(row: Any) -> DeadJob:
    return DeadJob(
        id=JobId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        name=row["task"],
        queue=row["queue"],
        payload=row["payload"],
        attempts=row["attempts"],
        reason=row["last_error"] or "",
        created_at=row["created_at"],
    )
