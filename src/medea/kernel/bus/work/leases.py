"""The leases of one worker: those that it has, and those that others let run out."""

import asyncio
import time
from collections.abc import Collection
from uuid import UUID

from medea.kernel.bus.door import SystemDoor
from medea.kernel.bus.driver import Notice
from medea.kernel.bus.task import Job
from medea.kernel.bus.work import statements

# Whoever hangs is noticed within 10 s: a lease that was just extended runs out, and another worker looks.
LEASE_SECONDS = 6.0
EXTENDING = 0.3  # how often leases are extended, and those of others looked at: part of a lease
_FRESH = 0.2  # part of a lease: what is younger is not extended


class Leases:
    """Which jobs are leased to one worker, known here and in the database.

    Args:
        database: where the rows are.
        owner: the worker's name.
        seconds: after which another worker may take a job over.
    """

    def __init__(self, database: SystemDoor, owner: str, seconds: float) -> None:
        self._database = database
        self._owner = owner
        self.seconds = seconds
        self._since: dict[UUID, float] = {}  # every lease, with the time of its last extension
        self._left: set[UUID] = set()  # how they ended could not be written: they are to expire
        self._changing = asyncio.Lock()  # held while rows may be leased that are not known here yet

    def add(self, job_id: UUID, since: float) -> None:
        """Know of a lease from this time on, by the monotonic clock."""
        self._since[job_id] = since
        self._left.discard(job_id)

    def drop(self, job_id: UUID) -> None:
        """Forget a lease: its row is gone, or another worker's."""
        self._since.pop(job_id, None)

    def leave(self, job_id: UUID) -> None:
        """Let a lease expire."""
        self._left.add(job_id)
        self.drop(job_id)

    async def extend(self) -> Collection[UUID]:
        """Extend all but the youngest; return the jobs whose lease was lost."""
        now = time.monotonic()
        due = [job_id for job_id, since in self._since.items() if now - since > self.seconds * _FRESH]
        if not due:
            return ()
        async with self._database.system(durable=False) as sql:
            lost = await statements.renew(sql, self._owner, due, self.seconds)
        for job_id in due:
            if job_id in self._since:
                self._since[job_id] = now
        for job_id in lost:
            self.drop(job_id)
        return lost

    async def take_over(self) -> tuple[list[Notice], list[tuple[Job, str]]]:
        """Look at what has run out, of workers that have gone too.

        Returns:
            What waits again; and what has had its last attempt, or its time, leased to be given up, with the reason.
        """
        async with self._changing:
            async with self._database.system() as sql:
                waiting = await statements.requeue_expired(sql, self._owner, self._since, "the worker died")
                exhausted = await statements.take_exhausted(sql, self._owner, self._since, self.seconds)
                expired = await statements.take_expired(sql, self._owner, self.seconds)
            taken = [*((job, "the worker died in the last attempt") for job in exhausted), *expired]
            self._since.update(dict.fromkeys((job.id for job, _ in taken), time.monotonic()))
        return waiting, taken

    async def reclaim_all(self) -> int:
        """Let everything that is running wait again, whoever has it; return how many jobs that were."""
        async with self._database.system() as sql:
            return await statements.reclaim_all(sql, "the process died")

    async def hand_back_unknown(self) -> list[Notice]:
        """Let jobs wait again that are leased to this worker without its knowing; return which."""
        async with self._changing, self._database.system() as sql:
            return await statements.hand_back_unknown(sql, self._owner, self._since.keys() | self._left)
