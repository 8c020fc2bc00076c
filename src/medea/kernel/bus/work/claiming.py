"""The claim: which waiting jobs a worker takes next, tenants in turn.

Within a queue the highest priority goes first. Within a priority tenants take turns: a place goes to the
tenant that has the least running, and of equals to the next one after the tenant that was served last. So
what one tenant piled up holds nobody else up, and one tenant alone has all places, but for queues that are
bounded (`bounds`): there it has a part, so that others find places even when its jobs do not end.

The index `jobs_claim` leads from tenant to tenant; the statement looks at no more tenants and no more rows
of each than it has places for, however many wait. Tenants that have their part are not among those.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from medea.kernel.bus.task import Job, Queue
from medea.kernel.bus.work.bounds import FITS, Bound
from medea.kernel.bus.work.statements import COLUMNS, job_of
from medea.kernel.db.sql import Sql

_MORE_TENANTS = 8  # than places are looked at, so that one with much running can be passed over

_TURN = "queue, places, fair, part, free, priority, tenant_id, position"
_WAITING = "jobs.queue = wanted.queue AND state = 'queued' AND jobs.priority = level.priority"


def _walk(first: str, further: str) -> str:
    """Return the query that goes through the tenants of one priority with jobs that are due."""
    return f"""
      (WITH RECURSIVE walk AS (
         (SELECT tenant_id, run_at FROM jobs WHERE {_WAITING} {first} ORDER BY tenant_id, run_at LIMIT 1)
         UNION ALL
         SELECT next.* FROM walk CROSS JOIN LATERAL (
           SELECT tenant_id, run_at FROM jobs WHERE {_WAITING} AND jobs.tenant_id > walk.tenant_id {further}
           ORDER BY tenant_id, run_at LIMIT 1
         ) AS next
       ) SELECT tenant_id FROM walk WHERE run_at <= now() AND tenant_id <> ALL(wanted.avoid))
    """


def _due(which: str) -> str:
    """Return the query for the first jobs of each turn, counted, with how much its tenant has running."""
    return f"""
    SELECT turns.*, everywhere, here, nth FROM turns CROSS JOIN LATERAL (
      SELECT count(*) AS everywhere, count(*) FILTER (WHERE lease_owner = $1) AS here FROM jobs
      WHERE jobs.queue = turns.queue AND jobs.tenant_id = turns.tenant_id AND state = 'running'
    ) AS running CROSS JOIN LATERAL (
      SELECT row_number() OVER () AS nth FROM (
        SELECT FROM jobs WHERE jobs.queue = turns.queue AND state = 'queued' AND jobs.priority = turns.priority
        AND jobs.tenant_id = turns.tenant_id AND run_at <= now() LIMIT turns.places
      ) AS due
    ) AS waiting WHERE {which}
    """


# Read from the inside: priorities, highest first; in each its tenants, beginning after the one served last;
# how much each has running; its first jobs, counted; in bounded queues those that fit, counted up evenly over all
# tenants. `picked` says how many of whose are to be claimed, and `locked` takes them: what another worker is claiming
# at this moment is passed over, not waited for. `held` is the worker's own count: rows of jobs that have just ended
# may be there still. $1 owner, $2 to $7 the wishes, $8 seconds, $9 tenants to leave out, $10 to $12 `held`.
_CLAIM = f"""
WITH held AS MATERIALIZED (
  SELECT * FROM unnest($10::text[], $11::uuid[], $12::int[]) AS held (queue, tenant_id, number)
),
wanted AS MATERIALIZED (
  SELECT wanted.*, $9::uuid[] || ARRAY(
    SELECT tenant_id FROM held WHERE held.queue = wanted.queue
    AND NOT {FITS.format(number="(number + 1)", part="part", free="free")}
  ) AS avoid
  FROM unnest($2::text[], $3::int[], $4::int[], $5::uuid[], $6::float8[], $7::int[])
    AS wanted (queue, places, fair, after, part, free)
),
turns AS MATERIALIZED (
  SELECT wanted.queue, wanted.places, wanted.fair, wanted.part, wanted.free, found.*
  FROM wanted CROSS JOIN LATERAL (
    SELECT level.priority, turn.tenant_id, row_number() OVER () AS position FROM (
      WITH RECURSIVE levels AS (
        (SELECT priority FROM jobs WHERE jobs.queue = wanted.queue AND state = 'queued'
         ORDER BY priority DESC LIMIT 1)
        UNION ALL
        SELECT next.priority FROM levels CROSS JOIN LATERAL (
          SELECT priority FROM jobs WHERE jobs.queue = wanted.queue AND state = 'queued'
          AND jobs.priority < levels.priority ORDER BY jobs.priority DESC LIMIT 1
        ) AS next
      ) SELECT priority FROM levels
    ) AS level CROSS JOIN LATERAL (
      {_walk("AND jobs.tenant_id > wanted.after", "")}
      UNION ALL
      {_walk("AND jobs.tenant_id <= wanted.after", "AND jobs.tenant_id <= wanted.after")}
    ) AS turn LIMIT wanted.places + {_MORE_TENANTS}
  ) AS found
),
fitting AS (
  {_due("part IS NULL")}
  UNION ALL
  SELECT {_TURN}, everywhere, here, nth FROM (
    SELECT counted.*, row_number() OVER (PARTITION BY queue ORDER BY number, position) AS taken FROM (
      SELECT due.*, coalesce(held.number, 0) + row_number() OVER (
        PARTITION BY queue, tenant_id ORDER BY priority DESC, nth
      ) AS number
      FROM ({_due("part IS NOT NULL")}) AS due LEFT JOIN held USING (queue, tenant_id)
    ) AS counted
  ) AS taking WHERE {FITS.format(number="number", part="part", free="(free - taken + 1)")}
),
picked AS MATERIALIZED (
  SELECT queue, priority, tenant_id, position, count(*)::int AS number FROM (
    SELECT fitting.*, row_number() OVER (
      PARTITION BY queue ORDER BY priority DESC, here + nth > fair, everywhere + nth, position
    ) AS rank
    FROM fitting
  ) AS ranked WHERE rank <= places GROUP BY queue, priority, tenant_id, position
),
locked AS MATERIALIZED (
  SELECT found.id FROM picked CROSS JOIN LATERAL (
    SELECT id FROM jobs WHERE jobs.queue = picked.queue AND state = 'queued' AND jobs.priority = picked.priority
    AND jobs.tenant_id = picked.tenant_id AND run_at <= now()
    ORDER BY run_at, id LIMIT picked.number FOR UPDATE SKIP LOCKED
  ) AS found
),
claimed AS (
  UPDATE jobs SET state = 'running', attempts = attempts + 1, dedupe_key = NULL, lease_owner = $1,
         lease_until = clock_timestamp() + make_interval(secs => $8)
  WHERE jobs.id = ANY(ARRAY(SELECT id FROM locked))
  RETURNING {COLUMNS}, priority
)
SELECT picked.queue AS picked_queue, picked.tenant_id AS picked_tenant, picked.position, picked.number,
  ARRAY(SELECT queue FROM turns WHERE part IS NOT NULL AND turns.position = places + {_MORE_TENANTS}) AS cut, claimed.*
FROM picked LEFT JOIN claimed USING (queue, priority, tenant_id)
ORDER BY picked.queue, picked.position, claimed.run_at, claimed.id
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a worker would take of one queue.

    Attributes:
        places: how many jobs.
        fair: how many of this worker's places one tenant may have while others wait.
        after: the tenant that was served last.
        bound: of a bounded queue.
    """

    places: int
    fair: int
    after: UUID
    bound: Bound | None = None


@dataclass(slots=True)
class Claim:
    """What a worker got.

    Attributes:
        jobs: leased to it, the most urgent first.
        after: the tenant served last, per queue.
        lost: tenants of whose jobs another worker was quicker to take some, per queue.
        is_cut: places stayed empty, and not all tenants were looked at: more may be found.
    """

    jobs: list[Job] = field(default_factory=list)
    after: dict[Queue, UUID] = field(default_factory=dict)
    lost: dict[Queue, set[UUID]] = field(default_factory=dict)
    is_cut: bool = False


async def claim(
    sql: Sql, owner: str, wishes: Mapping[Queue, Wish], lease: float, avoid: Collection[UUID] = ()
) -> Claim:
    """Lease waiting jobs that are due, at most so many per queue.

    Args:
        sql: a transaction of `medea_system`, `planned_once`.
        owner: the worker's name.
        wishes: what it has places for.
        lease: seconds.
        avoid: tenants to leave out.
    """
    each: Sequence[Wish] = list(wishes.values())
    bounds = {queue: wish.bound for queue, wish in wishes.items() if wish.bound is not None}
    held = [(queue, *whose) for queue, bound in bounds.items() for whose in bound.whose.items()]
    rows = await sql.fetch(
        _CLAIM,
        owner,
        list(wishes),
        [wish.places for wish in each],
        [wish.fair for wish in each],
        [wish.after for wish in each],
        [wish.bound and wish.bound.part for wish in each],
        [wish.bound and wish.bound.free for wish in each],
        lease,
        list(avoid),
        *([row[column] for row in held] for column in range(3)),
    )
    found = _read(rows, owner)
    number = Counter(job.queue for job in found.jobs)
    found.is_cut = any(number[queue] < wishes[queue].places for row in rows[:1] for queue in row["cut"])
    return found


def _read(rows: Sequence[Any], owner: str) -> Claim:
    found = Claim()
    missing: dict[tuple[Queue, int, UUID], int] = {}
    for row in rows:
        queue, tenant_id = row["picked_queue"], row["picked_tenant"]
        found.after[queue] = tenant_id
        key = (queue, row["position"], tenant_id)
        missing.setdefault(key, row["number"])
        if row["id"] is not None:
            found.jobs.append(job_of(row, owner))
            missing[key] -= 1
    for (queue, _, tenant_id), number in missing.items():
        if number > 0:
            found.lost.setdefault(queue, set()).add(tenant_id)
    return found
