"""Every statement of a worker. All run as `medea_system`, which serves all tenants."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from medea.kernel.bus.driver import Notice
from medea.kernel.bus.task import Job
from medea.kernel.db.sql import Sql
from medea.kernel.ids import JobId, TenantId
from medea.kernel.text import clean_text

_ERROR_LENGTH = 2000

COLUMNS = (
    "jobs.id, tenant_id, task, queue, payload::text, attempts, max_attempts, created_at, run_at, expires_at, trace"
)

# A row locked by its own handler's last transaction is skipped, not waited for.
_RENEW = """
UPDATE jobs SET lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE id IN (SELECT id FROM jobs WHERE id = ANY($2::uuid[]) AND lease_owner = $1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""

_HELD = "SELECT id FROM jobs WHERE id = ANY($2::uuid[]) AND lease_owner = $1"

# A database that was away has let every lease run out: once it is back, workers have this time to extend theirs.
_LEASES_COUNT = "pg_postmaster_start_time() < now() - interval '5 seconds'"

_REQUEUE_EXPIRED = f"""
UPDATE jobs SET state = 'queued', run_at = now(), lease_owner = NULL, lease_until = NULL, last_error = $3
WHERE id IN (
  SELECT id FROM jobs WHERE state = 'running' AND lease_until < now() AND attempts < max_attempts AND {_LEASES_COUNT}
  AND NOT (lease_owner = $1 AND id = ANY($2::uuid[])) LIMIT 500 FOR UPDATE SKIP LOCKED)
RETURNING id, tenant_id, queue, trace
"""

# What has used up its attempts is taken over once more, only to be given up properly.
_TAKE_EXHAUSTED = f"""
UPDATE jobs SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => $3)
WHERE id IN (
  SELECT id FROM jobs WHERE state = 'running' AND lease_until < now() AND attempts >= max_attempts AND {_LEASES_COUNT}
  AND NOT (lease_owner = $1 AND id = ANY($2::uuid[])) LIMIT 20 FOR UPDATE SKIP LOCKED)
RETURNING {COLUMNS}
"""

# What waits beyond its time is taken only to be given up; it has no attempt more for that.
_TAKE_EXPIRED = f"""
UPDATE jobs SET state = 'running', dedupe_key = NULL, lease_owner = $1,
       lease_until = clock_timestamp() + make_interval(secs => $2)
WHERE id IN (
  SELECT id FROM jobs WHERE state = 'queued' AND expires_at <= now()
  ORDER BY expires_at LIMIT 200 FOR UPDATE SKIP LOCKED)
RETURNING {COLUMNS}, last_error
"""

# Settling names the attempt, too: a worker may have lost a job and claimed it again while the first
# attempt still runs.
_FINISH = """
DELETE FROM jobs USING unnest($2::uuid[], $3::int[]) AS done (id, attempts)
WHERE jobs.id = done.id AND jobs.attempts = done.attempts AND lease_owner = $1
"""

_RETRY = """
UPDATE jobs SET state = 'queued', run_at = now() + make_interval(secs => $4), lease_owner = NULL,
       lease_until = NULL, last_error = $5
WHERE id = $2 AND lease_owner = $1 AND attempts = $3
"""

_BURY = """
UPDATE jobs SET state = 'dead', lease_owner = NULL, lease_until = NULL, last_error = $4
WHERE id = $2 AND lease_owner = $1 AND attempts = $3
"""

# Attempt numbers are never used twice, so what was no failure gets one more allowed instead of one less used.
_HAND_BACK = """
UPDATE jobs SET state = 'queued', lease_owner = NULL, lease_until = NULL, max_attempts = max_attempts + 1
WHERE id = $2 AND lease_owner = $1 AND attempts = $3
"""

# The same for what a claim leased whose answer nobody got.
_HAND_BACK_UNKNOWN = """
UPDATE jobs SET state = 'queued', lease_owner = NULL, lease_until = NULL, max_attempts = max_attempts + 1
WHERE state = 'running' AND lease_owner = $1 AND id <> ALL($2::uuid[])
RETURNING id, tenant_id, queue, trace
"""

_RECLAIM_ALL = """
UPDATE jobs SET
  state = CASE WHEN attempts < max_attempts THEN 'queued' ELSE 'running' END,
  lease_owner = CASE WHEN attempts < max_attempts THEN NULL ELSE lease_owner END,
  lease_until = CASE WHEN attempts < max_attempts THEN NULL ELSE now() END,
  run_at = now(), last_error = $1
WHERE state = 'running'
"""


async def renew(sql: Sql, owner: str, ids: Sequence[UUID], lease: float) -> set[UUID]:
    """Extend leases; return those of `ids` that this worker no longer holds."""
    renewed = {row["id"] for row in await sql.fetch(_RENEW, owner, ids, lease)}
    missing = [job_id for job_id in ids if job_id not in renewed]
    if not missing:
        return set()
    held = {row["id"] for row in await sql.fetch(_HELD, owner, missing)}
    return {job_id for job_id in missing if job_id not in held}


async def requeue_expired(sql: Sql, owner: str, own: Collection[UUID], reason: str) -> list[Notice]:
    """Let jobs of workers that have gone wait again; return which."""
    return [notice(row) for row in await sql.fetch(_REQUEUE_EXPIRED, owner, list(own), reason)]


async def take_exhausted(sql: Sql, owner: str, own: Collection[UUID], lease: float) -> list[Job]:
    """Lease jobs whose worker has gone in their last attempt."""
    return [job_of(row, owner) for row in await sql.fetch(_TAKE_EXHAUSTED, owner, list(own), lease)]


async def take_expired(sql: Sql, owner: str, lease: float) -> list[tuple[Job, str]]:
    """Lease jobs whose time was over before they could be run; return each with the reason to give it up."""
    rows = await sql.fetch(_TAKE_EXPIRED, owner, lease)
    return [(job_of(row, owner), expiry_reason(row["attempts"] + 1, row["last_error"])) for row in rows]


def expiry_reason(attempt: int, last_error: str | None = None) -> str:
    """Say why a job that expired was not run."""
    if attempt <= 1:
        return "it expired before it could be run"
    before = f"; the one before: {last_error}" if last_error else ""
    return f"it expired before attempt {attempt}{before}"


async def finish(sql: Sql, owner: str, jobs: Sequence[Job]) -> None:
    """Delete what is done."""
    await sql.execute(_FINISH, owner, [job.id for job in jobs], [job.attempt for job in jobs])


async def retry(sql: Sql, job: Job, seconds: float, reason: str) -> None:
    """Let a job wait for its next attempt."""
    await sql.execute(_RETRY, job.lease_owner, job.id, job.attempt, seconds, error_text(reason))


async def bury(sql: Sql, job: Job, reason: str) -> None:
    """Put a job to the dead letters."""
    await sql.execute(_BURY, job.lease_owner, job.id, job.attempt, error_text(reason))


async def hand_back(sql: Sql, job: Job) -> None:
    """Let a job wait again that was broken off for no fault of its own."""
    await sql.execute(_HAND_BACK, job.lease_owner, job.id, job.attempt)


async def hand_back_unknown(sql: Sql, owner: str, known: Collection[UUID]) -> list[Notice]:
    """Let jobs wait again that a worker leased and does not know of; return which."""
    return [notice(row) for row in await sql.fetch(_HAND_BACK_UNKNOWN, owner, list(known))]


async def reclaim_all(sql: Sql, reason: str) -> int:
    """Let everything that was running wait again; return how many that were."""
    tag = await sql.execute(_RECLAIM_ALL, reason)
    return int(tag.rpartition(" ")[2])


def error_text(reason: str) -> str:
    """Cut a reason to what the column should hold."""
    return clean_text(reason)[:_ERROR_LENGTH]


def notice(row: Any) -> Notice:
    """Make the notice of a row with the columns `id`, `tenant_id`, `queue` and `trace`."""
    return Notice(JobId(row["id"]), TenantId(row["tenant_id"]), row["queue"], row["trace"])


def job_of(row: Any, owner: str) -> Job:
    """Make the job of a row with `COLUMNS`."""
    return Job(
        id=JobId(row["id"]),
        tenant_id=TenantId(row["tenant_id"]),
        name=row["task"],
        queue=row["queue"],
        payload=row["payload"],
        attempt=row["attempts"],
        max_attempts=row["max_attempts"],
        lease_owner=owner,
        created_at=row["created_at"],
        trace=row["trace"],
        run_at=row["run_at"],
        expires_at=row["expires_at"],
    )
