"""The relay: announces what nobody announced. Several may run, one leads."""

import asyncio
import time
from collections.abc import Mapping
from typing import Protocol

import structlog

from medea.kernel.bus.door import SystemDoor
from medea.kernel.bus.driver import Notice
from medea.kernel.bus.rabbitmq.driver import RabbitDriver
from medea.kernel.bus.rabbitmq.link import is_cancelled
from medea.kernel.bus.task import BOUNDED, Queue
from medea.kernel.bus.work import statements
from medea.kernel.bus.work.trouble import Trouble
from medea.kernel.db.sql import Sql

LOCK = 0x6D65646561_01  # advisory lock of the relay that leads: "medea", 1
SWEEP_SECONDS = 0.5
GRACE_SECONDS = 1.0  # in which whoever wrote a row announces it
_MOST = 1000  # per queue and sweep
_MOST_OF_ONE = 25  # tenant in a bounded queue: what waits for its part would be announced again and again

_log = structlog.get_logger()

# Of the rows that are due, as many as there are more of them than messages. Which message goes with which
# row is of no importance: each lets a worker claim the most urgent one.
_DUE = "state = 'queued' AND run_at <= now() AND created_at <= now() - make_interval(secs => $3)"
_UNANNOUNCED = f"""
SELECT found.id, found.tenant_id, wanted.queue, found.trace
FROM unnest($1::text[], $2::int[]) AS wanted (queue, ready)
CROSS JOIN LATERAL (
  SELECT id, tenant_id, trace FROM jobs WHERE jobs.queue = wanted.queue AND {_DUE}
  OFFSET wanted.ready LIMIT $4
) AS found
"""

# The same of a bounded queue: of each tenant a few, going from one to the next by the index `jobs_claim`. A worker
# that holds jobs of a tenant back looks for them itself when something ends; others learn of them here.
_UNANNOUNCED_BOUNDED = f"""
SELECT found.id, found.tenant_id, wanted.queue, found.trace
FROM unnest($1::text[], $2::int[]) AS wanted (queue, ready)
CROSS JOIN LATERAL (
  WITH RECURSIVE walk AS (
    (SELECT priority, tenant_id FROM jobs WHERE jobs.queue = wanted.queue AND state = 'queued'
     ORDER BY priority, tenant_id LIMIT 1)
    UNION ALL
    SELECT next.* FROM walk CROSS JOIN LATERAL (
      SELECT priority, tenant_id FROM jobs WHERE jobs.queue = wanted.queue AND state = 'queued'
      AND (jobs.priority, jobs.tenant_id) > (walk.priority, walk.tenant_id) ORDER BY priority, tenant_id LIMIT 1
    ) AS next
  )
  SELECT few.* FROM walk CROSS JOIN LATERAL (
    SELECT id, tenant_id, trace FROM jobs WHERE jobs.queue = wanted.queue AND jobs.priority = walk.priority
    AND jobs.tenant_id = walk.tenant_id AND {_DUE} LIMIT {_MOST_OF_ONE}
  ) AS few OFFSET wanted.ready LIMIT $4
) AS found
"""


class Leadership(Protocol):
    """Who of several leads."""

    async def is_mine(self) -> bool:
        """Tell whether this one leads, becoming the leader if there is none."""
        ...

    async def close(self) -> None:
        """Let another lead."""
        ...


class Relay:
    """Sweeps at a steady pace: leases that expired, and rows that wait without a message for them.

    Args:
        database: for all tenants' rows.
        driver: what announces.
        leadership: only the leader sweeps.
        sweep_seconds: between two sweeps; longer where sweeping takes more than a tenth of it.
        grace_seconds: how old a row must be to count as not announced.
    """

    def __init__(
        self,
        database: SystemDoor,
        driver: RabbitDriver,
        leadership: Leadership,
        *,
        sweep_seconds: float = SWEEP_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._database = database
        self._driver = driver
        self._leadership = leadership
        self._sweep_seconds = sweep_seconds
        self._grace_seconds = grace_seconds
        self._running: asyncio.Task[None] | None = None
        self.is_leader = False
        self._trouble = Trouble("bus.sweep_failed")

    def start(self) -> None:
        """Begin to sweep."""
        self._running = asyncio.create_task(self._run(), name="bus-relay")

    async def stop(self) -> None:
        """End, and let another lead."""
        running, self._running = self._running, None
        while running is not None and not running.done():
            running.cancel()
            await asyncio.wait({running}, timeout=1)
        self.is_leader = False
        await self._leadership.close()

    async def sweep(self) -> int:
        """Do one round.

        Returns:
            How many messages were published.

        Raises:
            ConnectionError: the broker is away.
            OSError, asyncpg.PostgresError: the database is.
        """
        async with self._database.system() as sql:
            await statements.requeue_expired(sql, "", (), "the worker died")
        ready = await self._driver.ready()
        async with self._database.system() as sql:
            missing = await _unannounced(sql, ready, self._grace_seconds)
        if missing:
            self._driver.announce(missing)
            _log.info("bus.relayed", number=len(missing))
        return len(missing)

    async def _run(self) -> None:
        while not is_cancelled():
            began = time.monotonic()
            try:
                self.is_leader = await self._leadership.is_mine()
                if self.is_leader:
                    await self.sweep()
                self._trouble.over()
            except Exception as error:  # noqa: BLE001 - a relay that ended would leave late jobs lying
                self._trouble.note(error)
            await asyncio.sleep(max(self._sweep_seconds, 10 * (time.monotonic() - began)))


async def _unannounced(sql: Sql, ready: Mapping[Queue, int], grace: float) -> list[Notice]:
    free = {queue: number for queue, number in ready.items() if queue not in BOUNDED}
    rows = await sql.fetch(_UNANNOUNCED, list(free), list(free.values()), grace, _MOST)
    bounded = {queue: number for queue, number in ready.items() if queue in BOUNDED}
    rows += await sql.fetch(_UNANNOUNCED_BOUNDED, list(bounded), list(bounded.values()), grace, _MOST)
    return [statements.notice(row) for row in rows]
