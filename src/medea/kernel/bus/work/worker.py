"""The worker: claims jobs and runs them. Its `leases` and its `settling` of what has ended stand beside it."""

import asyncio
import contextlib
import contextvars
import functools
import os
import socket
import time
from collections.abc import Collection, Coroutine, Mapping
from typing import Any
from uuid import UUID, uuid4

import structlog

from medea.kernel.bus.door import SystemDoor
from medea.kernel.bus.driver import Notice, Slot
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import QUEUES, Job, Queue
from medea.kernel.bus.work.bounds import Bound
from medea.kernel.bus.work.claiming import Claim, Wish, claim
from medea.kernel.bus.work.execution import Attempt, ContextFactory, Outcome
from medea.kernel.bus.work.feed import Carrier
from medea.kernel.bus.work.leases import EXTENDING, LEASE_SECONDS, Leases
from medea.kernel.bus.work.places import Places
from medea.kernel.bus.work.settling import Settling
from medea.kernel.bus.work.trouble import Trouble
from medea.kernel.bus.work.watchdog import Watchdog
from medea.kernel.ids import TenantId

POLL_SECONDS = 1.0  # what nobody announced is found after this
PATIENT_POLL_SECONDS = 5.0  # the same, while the driver's news are enough
TENANT_SHARE = 0.5  # of a queue's places, for one tenant while others wait
_CLAIM_MOST = 100  # per queue and claim
_LOST_SECONDS = 0.05  # after which what other workers were claiming is looked for again
_CLAIM_SECONDS = 5.0  # that a claim may still take once the worker stops; less than a lease

_log = structlog.get_logger()


class Worker:
    """Runs jobs in this process.

    Args:
        database: for claims and leases.
        registry: the code of all jobs.
        contexts: makes the context of a handler.
        driver: brings news of jobs, and gets this worker as its local one, for the way without a claim.
        limits: jobs at once per queue; a queue left out is not served.
        lease_seconds: after which another worker may take a job over. See `EXTENDING`.
        poll_seconds: how often to look for what nobody announced.
        patient_poll_seconds: the same, while the driver's news are enough.
        first_pause: seconds before the second attempt; later pauses double.
        tenant_share: part of each queue's places that one tenant may have while others wait.
        tenant_parts: of a queue's places, that one tenant may have even alone, see `bounds`; not named: all.
    """

    def __init__(
        self,
        database: SystemDoor,
        registry: Registry,
        contexts: ContextFactory,
        driver: Carrier,
        *,
        limits: Mapping[Queue, int],
        lease_seconds: float = LEASE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
        patient_poll_seconds: float = PATIENT_POLL_SECONDS,
        first_pause: float = 1.0,
        tenant_share: float = TENANT_SHARE,
        tenant_parts: Mapping[Queue, float] | None = None,
    ) -> None:
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:12]}"
        self._database = database
        self._registry = registry
        self._contexts = contexts
        self._driver = driver
        self._feed = driver.feed(limits)
        self._leases = Leases(database, self.name, lease_seconds)
        self._settling = Settling(database, self.name, self._leases)
        self._poll_seconds = poll_seconds
        self._patient_poll_seconds = patient_poll_seconds
        self._first_pause = first_pause
        self._places = Places(limits, tenant_parts)
        self._fair = {queue: max(1, int(limit * tenant_share)) for queue, limit in limits.items()}
        self._after: dict[Queue, UUID] = dict.fromkeys(QUEUES, uuid4())  # the tenant served last
        self._queues = frozenset(queue for queue in QUEUES if limits.get(queue, 0) > 0)
        self._attempts: dict[UUID, Attempt] = {}
        self._accepting = False
        self._wake = asyncio.Event()
        self._watchdog = Watchdog(lease_seconds / 2)
        self._claim_trouble = Trouble("bus.claim_failed")
        self._lease_trouble = Trouble("bus.lease_failed")
        self._is_look_due = True  # for all that waits, announced or not
        self._loops: list[asyncio.Task[None]] = []
        self._asides: set[asyncio.Task[None]] = set()
        self._log_context = contextvars.copy_context()

    async def start(self) -> None:
        """Begin to claim."""
        self._log_context = contextvars.copy_context()
        self._accepting = True
        self._watchdog.start()
        self._driver.attach(self)
        self._feed.open(self._on_news, self._look)
        self._look()
        for name, loop in [
            ("claim", self._claim_loop),
            ("lease", self._lease_loop),
            ("finish", self._settling.run),
        ]:
            self._loops.append(asyncio.create_task(loop(), name=f"bus-{name}"))

    async def reclaim_all(self) -> int:
        """Let everything that was running wait again, at once. Call it before `start`.

        Only for the mode with a single process, where nothing else can be running: the jobs of a process
        that was killed go on without waiting for their leases to expire.

        Returns:
            How many there were.
        """
        return await self._leases.reclaim_all()

    async def stop(self, grace: float = 10.0) -> None:
        """Claim no more, let running jobs end within the grace time, hand the others back.

        Args:
            grace: seconds; 0 hands back at once.
        """
        self._accepting = False
        self._watchdog.stop()
        await self._feed.close()
        if self._loops:
            self._aside(self._end_claims(self._loops[0]))
        await self._wait_for_attempts(grace)
        left = [Notice.of(each.job) for each in self._attempts.values()]
        for attempt in tuple(self._attempts.values()):
            attempt.stop()
        await self._wait_for_attempts(5.0)
        while self._asides:
            await asyncio.wait(tuple(self._asides), timeout=5)
        self._driver.attach(None)
        for loop in self._loops:
            await _end(loop)
        self._loops.clear()
        with contextlib.suppress(Exception):
            await self._settling.delete_done()
        self._driver.announce(left)

    async def _end_claims(self, loop: asyncio.Task[None]) -> None:
        """End the loop, and hand back what was claimed since the worker stopped: nothing of it was begun.

        A claim under way has time for its answer. If it is broken off, or its answer was lost, its jobs may be leased
        all the same; they must not wait for the end of the lease, nor be given up unrun if that was the last attempt.
        """
        self._wake.set()
        await asyncio.wait([loop], timeout=_CLAIM_SECONDS)
        await _end(loop)
        try:
            back = await self._leases.hand_back_unknown()
        except Exception as error:  # noqa: BLE001 - whatever the reason, their leases expire
            _log.warning("bus.hand_back_failed", error=repr(error))
        else:
            self._driver.announce(back)

    async def _wait_for_attempts(self, seconds: float) -> None:
        """Wait for the handlers; the loop's next turn then runs `_ended` of those that did."""
        tasks = [attempt.task for attempt in self._attempts.values() if attempt.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
            await asyncio.sleep(0)

    @property
    def busy(self) -> dict[Queue, int]:
        """Jobs running now, per queue (places kept for jobs about to be committed included)."""
        return self._places.busy

    def reserve(self, queue: Queue, tenant_id: TenantId) -> Slot | None:
        """Keep a place for a tenant's job that is being written."""
        if not self._accepting:
            return None
        return self._places.reserve(queue, tenant_id, self.name, self._leases.seconds, time.monotonic())

    def release(self, slot: Slot) -> None:
        """Give the place back."""
        if self._places.redeem(slot):
            self._give_back(slot.queue, slot.tenant_id)

    def start_leased(self, job: Job, slot: Slot) -> None:
        """Run a job that was written as this worker's, unless it was committed too late."""
        if time.monotonic() >= slot.expires or not self._places.redeem(slot):
            return  # the lease expires and the job is found like any other
        if not self._accepting:
            self._give_back(slot.queue, slot.tenant_id)
            self._aside(self._settle(job, Outcome("hand_back")))
        else:
            self._begin(job, slot.expires - self._leases.seconds / 2)

    def _look(self) -> None:
        self._is_look_due = True
        self._wake.set()

    def _on_news(self, queues: Collection[Queue]) -> None:
        for queue in self._queues.intersection(queues):
            if self._places.has_free(queue):
                self._wake.set()
            else:
                self._places.note_waiting(queue)

    async def _claim_loop(self) -> None:
        while self._accepting:
            try:
                async with asyncio.timeout(self._patient_poll_seconds if self._feed.is_enough else self._poll_seconds):
                    await self._wake.wait()
            except TimeoutError:
                self._is_look_due = True
            self._wake.clear()
            try:
                await self._claim()
                self._claim_trouble.over()
            except Exception as error:  # noqa: BLE001 - a loop that ended would leave every job lying
                self._claim_trouble.note(error)
                await asyncio.sleep(self._poll_seconds)
                self._look()

    async def _claim(self) -> None:
        lost: set[UUID] = set()
        while self._accepting and (places := self._choose_places()):
            bounds = self._places.take_all(places)
            unused = dict(places)
            try:
                found = await self._claim_for(places, bounds, lost)
                if not self._accepting:
                    return  # `_end_claims` hands them back
                for job in found.jobs:
                    unused[job.queue] -= 1
                    self._places.fill(job.queue, job.tenant_id)
                # where another worker was quicker, more may wait than was found
                self._feed.claimed(
                    {q: n - (unused[q] if q in found.lost else 0) for q, n in places.items()}, found.jobs
                )
                for job in found.jobs:
                    self._begin(job, time.monotonic())
            finally:
                for queue, number in unused.items():
                    self._places.return_unused(queue, number)
            for queue, number in unused.items():
                if number == 0 or queue in found.lost:
                    self._places.note_waiting(queue)
            for queue, bound in bounds.items():
                after = bound.after(job.tenant_id for job in found.jobs if job.queue == queue)
                self._places.hold_back(queue, after.full)
            if found.is_cut:
                self._look()
            lost.update(*found.lost.values())
            if not self._places.can_serve_waiting:
                break
        if lost:
            self._wake_after(_LOST_SECONDS)

    async def _claim_for(
        self, places: Mapping[Queue, int], bounds: Mapping[Queue, Bound], lost: Collection[UUID]
    ) -> Claim:
        wishes = {
            queue: Wish(number, self._fair[queue], self._after[queue], bounds.get(queue))
            for queue, number in places.items()
        }
        # durable: a database that crashed and had forgotten the claim would give the number of this attempt again,
        # to another worker, while this one goes on and writes to the same live stream
        async with self._database.system(planned_once=True) as sql:
            found = await claim(sql, self.name, wishes, self._leases.seconds, avoid=lost)
        self._after.update(found.after)
        return found

    def _choose_places(self) -> dict[Queue, int]:
        """Return how many places to claim for: all to look everywhere, or as many as there is news for.

        Of jobs that waited for their tenant's part the driver has told already: nothing more comes of them.
        """
        free = self._places.free(_CLAIM_MOST)
        share = self._feed.share(free)
        if not self._is_look_due:
            free = {queue: number for queue in free if (number := self._wanted(queue, free, share))}
        self._is_look_due = False
        return free

    def _wanted(self, queue: Queue, free: Mapping[Queue, int], share: Mapping[Queue, int]) -> int:
        return free[queue] if self._places.owes(queue) else share.get(queue, 0)

    def _begin(self, job: Job, leased_at: float) -> None:
        if (earlier := self._attempts.get(job.id)) is not None:
            earlier.lose()  # its lease expired, another worker let the job wait again, and here it is
        attempt = self._attempt(job)
        self._attempts[job.id] = attempt
        self._leases.add(job.id, leased_at)
        attempt.task = asyncio.get_running_loop().create_task(
            attempt.run(self._contexts), name=job.name, context=self._log_context.copy()
        )
        attempt.task.add_done_callback(functools.partial(self._ended, attempt))

    def _attempt(self, job: Job) -> Attempt:
        return Attempt(job, self._registry.find(job.name), self._first_pause)

    def _ended(self, attempt: Attempt, task: asyncio.Task[Outcome]) -> None:
        job = attempt.job
        self._give_back(job.queue, job.tenant_id)
        self._feed.ended(job)
        if self._attempts.get(job.id) is not attempt:
            return  # a later attempt at the same job has taken its place
        del self._attempts[job.id]
        # a task that is cancelled before its first step has not even begun
        outcome = Outcome("hand_back") if task.cancelled() else task.result()
        if outcome.kind == "done":
            self._settling.note_done(job)
        elif outcome.kind == "bury":
            self._aside(self._bury(attempt, outcome))
        elif outcome.kind == "settled":
            self._leases.drop(job.id)
        else:
            self._aside(self._settle(job, outcome))

    def _give_back(self, queue: Queue, tenant_id: TenantId) -> None:
        if self._places.give_back(queue, tenant_id):
            self._wake.set()

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _bury(self, attempt: Attempt, outcome: Outcome) -> None:
        await attempt.run_dead(self._contexts, outcome.reason)
        _log.error("bus.job_dead", task=attempt.job.name, job_id=str(attempt.job.id), reason=outcome.reason)
        await self._settle(attempt.job, outcome)

    async def _settle(self, job: Job, outcome: Outcome) -> None:
        await self._settling.settle(job, outcome)
        if outcome.kind == "retry":
            self._wake_after(outcome.pause)

    def _wake_after(self, seconds: float) -> None:
        if seconds < self._poll_seconds:  # what is later is found by polling in time
            asyncio.get_running_loop().call_later(seconds + 0.001, self._look)

    async def _lease_loop(self) -> None:
        while True:
            await asyncio.sleep(self._leases.seconds * EXTENDING)
            try:
                await self._renew()
                await self._take_over()
                self._lease_trouble.over()
            except Exception as error:  # noqa: BLE001 - as in the claim loop
                self._lease_trouble.note(error)
            if self._places.drop_stale(time.monotonic()):
                self._wake.set()

    async def _renew(self) -> None:
        for job_id in await self._leases.extend():
            if (attempt := self._attempts.get(job_id)) is not None and not attempt.job.is_completed:
                _log.warning("bus.lease_lost", task=attempt.job.name, job_id=str(job_id))
                attempt.lose()

    async def _take_over(self) -> None:
        """Let jobs of workers that have gone wait again; give up what has had its last attempt, or its time."""
        waiting, taken = await self._leases.take_over()
        self._driver.announce(waiting)
        for job, reason in taken:
            self._aside(self._bury(self._attempt(job), Outcome("bury", reason)))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
