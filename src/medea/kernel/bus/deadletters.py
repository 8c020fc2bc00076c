"""What was given up: to be looked at, tried again, or forgotten."""

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

_WHICH = """state = 'dead' AND ($1::uuid[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR task = $2)
 AND ($3::text IS NULL OR queue = $3) AND ($4::uuid IS NULL OR tenant_id = $4)"""

# it has its time again, too: what had expired would otherwise be given up at once
_RETRY = f"""
UPDATE jobs SET state = 'queued', run_at = now(), max_attempts = attempts + $5, expires_at = NULL WHERE {_WHICH}
"""

_PURGE = f"DELETE FROM jobs WHERE {_WHICH} AND created_at < now() - $5::interval"

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


async def retry_dead(
    sql: Sql,
    ids: Sequence[JobId] | None = None,
    *,
    name: str | None = None,
    queue: Queue | None = None,
    tenant_id: TenantId | None = None,
    attempts: int = 3,
) -> int:
    """Let dead jobs wait again; workers find them by polling.

    Args:
        sql: a transaction; the role decides whose jobs it reaches.
        ids: which; None for all.
        name: of the task or subscription; None for all.
        queue: None for all.
        tenant_id: None for all that the role sees.
        attempts: how many more each gets.

    Returns:
        How many there were.
    """
    return _count(await sql.execute(_RETRY, ids, name, queue, tenant_id, attempts))


async def purge_dead(
    sql: Sql,
    ids: Sequence[JobId] | None = None,
    *,
    name: str | None = None,
    queue: Queue | None = None,
    tenant_id: TenantId | None = None,
    older_than: timedelta = timedelta(0),
) -> int:
    """Delete dead jobs written longer ago than that, chosen as in `retry_dead`; return how many."""
    return _count(await sql.execute(_PURGE, ids, name, queue, tenant_id, older_than))


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
