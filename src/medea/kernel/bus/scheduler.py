"""Ticks of recurring work become jobs: once each, whoever of the processes is first."""

import asyncio
from datetime import datetime
from typing import Any

import structlog

from medea.kernel.bus.door import SystemDoor
from medea.kernel.bus.driver import Driver
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.periodic import PLATFORM_TENANT, Periodic
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.work.trouble import Trouble
from medea.kernel.db.sql import Sql
from medea.kernel.spreading import spread

LONGEST_LOOK = 30.0  # seconds between two looks at what is due, for ticks that another release brought
_SHORTEST_LOOK = 0.2

_log = structlog.get_logger()

_ANNOUNCE = """
INSERT INTO schedules AS known (name, next_at) SELECT * FROM unnest($1::text[], $2::timestamptz[])
ON CONFLICT (name) DO UPDATE SET next_at = least(known.next_at, excluded.next_at)
WHERE known.next_at > excluded.next_at
"""

# Who holds a schedule's row makes its job; the others go on without waiting, and find it done.
_DUE = """
SELECT name, now() AS at, EXISTS (
  SELECT FROM jobs WHERE jobs.id = schedules.job_id AND state IN ('queued', 'running')
) AS is_busy
FROM schedules WHERE name = ANY($1::text[]) AND next_at <= now() FOR UPDATE OF schedules SKIP LOCKED
"""

_ADVANCE = """
UPDATE schedules SET next_at = $2, last_at = CASE WHEN $3::uuid IS NULL THEN last_at ELSE now() END,
       job_id = coalesce($3, job_id)
WHERE name = $1
"""

_WAIT = "SELECT extract(epoch FROM min(next_at) - clock_timestamp())::float8 FROM schedules WHERE name = ANY($1)"


class Scheduler:
    """Every process with a worker or a relay has one; the rows of `schedules` decide which of them acts.

    Args:
        database: for the schedules and the installation's own jobs.
        registry: which recurring work there is.
        driver: brings the jobs to workers.
        longest_look: seconds between two looks at most.
    """

    def __init__(
        self, database: SystemDoor, registry: Registry, driver: Driver, *, longest_look: float = LONGEST_LOOK
    ) -> None:
        self._longest_look = longest_look
        self._database = database
        self._registry = registry
        self._driver = driver
        self._work = {work.name: work for work in registry.periodic}
        self._is_announced = False
        self._trouble = Trouble("bus.schedule_failed")
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for what is due."""
        if self._work and self._running is None:
            self._running = asyncio.create_task(self._run(), name="bus-scheduler")

    async def stop(self) -> None:
        """End; a job that was written meanwhile stays."""
        running, self._running = self._running, None
        if running is not None:
            running.cancel()
            await asyncio.wait({running})

    async def tick(self) -> list[str]:
        """Make jobs of what is due.

        Returns:
            Names of the work that this call let run.

        Raises:
            OSError, asyncpg.PostgresError: the database is away.
        """
        outbox = Outbox(self._registry, self._driver, PLATFORM_TENANT)
        try:
            async with self._database.system() as sql:
                if not self._is_announced:
                    await self._announce(sql)
                due = await sql.fetch(_DUE, list(self._work))
                begun = [name for row in due if (name := await self._do(sql, outbox, row))]
                await outbox.flush(sql)
        except BaseException:
            outbox.after_rollback()
            raise
        self._is_announced = True
        outbox.after_commit()
        return begun

    async def _announce(self, sql: Sql) -> None:
        """Write down what this release brings; a tick that now comes earlier than was planned is moved."""
        now: datetime = await sql.fetchval("SELECT now()")
        await sql.execute(_ANNOUNCE, list(self._work), [work.next_tick(now) for work in self._work.values()])

    async def _do(self, sql: Sql, outbox: Outbox, row: Any) -> str | None:
        work: Periodic = self._work[row["name"]]
        job_id = None if row["is_busy"] else outbox.enqueue(work)
        await sql.execute(_ADVANCE, work.name, work.next_tick(row["at"]), job_id)
        if job_id is None:
            _log.warning("bus.tick_left_out", task=work.name, reason="the job of the tick before has not ended")
            return None
        return work.name

    async def _run(self) -> None:
        while True:
            pause = self._longest_look
            try:
                await self.tick()
                async with self._database.system(durable=False) as sql:
                    pause = await sql.fetchval(_WAIT, list(self._work))
                self._trouble.over()
            except Exception as error:  # noqa: BLE001 - a scheduler that ended would leave all recurring work undone
                self._trouble.note(error)
            # spread, so that not all processes look at one moment
            await asyncio.sleep(min(self._longest_look, max(_SHORTEST_LOOK, pause)) + spread(0.1, 0, 1))
