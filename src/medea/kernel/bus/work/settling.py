"""Writing how attempts ended."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from medea.kernel.bus.door import SystemDoor
from medea.kernel.bus.task import Job
from medea.kernel.bus.work import statements
from medea.kernel.bus.work.execution import Outcome
from medea.kernel.bus.work.leases import Leases
from medea.kernel.bus.work.trouble import Trouble
from medea.kernel.db.sql import Sql

_TRIES = 4
_FIRST_PAUSE = 0.2  # seconds between two tries; doubling
_PAUSE = 0.5  # seconds before what is done is deleted again, after a fault

_log = structlog.get_logger()


class Settling:
    """Takes jobs that have ended off a worker's hands.

    Args:
        database: where the rows are.
        owner: the worker's name.
        leases: which are given up with the rows.
    """

    def __init__(self, database: SystemDoor, owner: str, leases: Leases) -> None:
        self._database = database
        self._owner = owner
        self._leases = leases
        self._done: list[Job] = []
        self._something = asyncio.Event()
        self._trouble = Trouble("bus.finish_failed")

    def note_done(self, job: Job) -> None:
        """Have a job deleted soon."""
        self._done.append(job)
        self._something.set()

    async def run(self) -> None:
        """Delete what is done; while one deletion is under way, the next batch gathers. Never returns."""
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                await self.delete_done()
                self._trouble.over()
            except Exception as error:  # noqa: BLE001 - a loop that ended would leave every job lying
                self._trouble.note(error)
                await asyncio.sleep(_PAUSE)
                self._something.set()

    async def delete_done(self) -> None:
        """Delete now what is done."""
        if batch := tuple(self._done):
            async with self._database.system(durable=False) as sql:
                await statements.finish(sql, self._owner, batch)
            del self._done[: len(batch)]
            for job in batch:
                self._leases.drop(job.id)

    async def settle(self, job: Job, outcome: Outcome) -> None:
        """Write how an attempt ended. If that cannot be written, the lease expires and the job is tried again."""

        async def write(sql: Sql) -> None:
            if outcome.kind == "retry":
                await statements.retry(sql, job, outcome.pause, outcome.reason)
            elif outcome.kind == "bury":
                await statements.bury(sql, job, outcome.reason)
            else:
                await statements.hand_back(sql, job)

        if await self._write(write):
            self._leases.drop(job.id)
        else:
            self._leases.leave(job.id)

    async def _write(self, write: Callable[[Sql], Awaitable[None]]) -> bool:
        for number in range(_TRIES):
            try:
                async with self._database.system() as sql:
                    await write(sql)
            except Exception as error:  # noqa: BLE001 - whatever the reason, the lease expires
                _log.warning("bus.settle_failed", error=repr(error))
                await asyncio.sleep(_FIRST_PAUSE * 2**number)
            else:
                return True
        return False
