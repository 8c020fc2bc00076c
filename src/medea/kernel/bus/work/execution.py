"""Running one job and judging how it ended."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import structlog

from medea.kernel.bus.task import Job, LeaseLost, Reject, RetryLater, Runnable
from medea.kernel.bus.work.statements import expiry_reason
from medea.kernel.bus.work.watching import given_up, watched
from medea.kernel.ids import TenantId
from medea.kernel.spreading import spread

LONGEST_PAUSE = 300.0  # seconds between two attempts
DEAD_HANDLER_SECONDS = 30.0

_log = structlog.get_logger()


class ContextFactory(Protocol):
    """Makes the context in which a handler runs.

    Leaving it normally commits, an exception rolls back. It may complete the job in its own last
    transaction (`await job.complete(sql)`), which makes an ordinary handler's effect happen exactly once.
    """

    def __call__(self, tenant_id: TenantId, job: Job) -> AbstractAsyncContextManager[Any]:
        """Return the context, not yet entered."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        kind: `done`: delete the row. `settled`: the handler did, or another worker has the job.
            `retry`, `bury`, `hand_back`: as the names say.
        reason: for people.
        pause: seconds before the next attempt.
    """

    kind: Literal["done", "settled", "retry", "bury", "hand_back"]
    reason: str = ""
    pause: float = 0.0


class Attempt:
    """One attempt at one job, running as one asyncio task.

    Args:
        job: leased to this worker.
        runnable: its code, or None for a name that this release does not know.
        first_pause: seconds before the second attempt; later pauses double.
    """

    __slots__ = ("_first_pause", "_stopping", "job", "runnable", "task")

    def __init__(self, job: Job, runnable: Runnable | None, first_pause: float) -> None:
        self.job = job
        self.runnable = runnable
        self.task: asyncio.Task[Outcome] | None = None
        self._first_pause = first_pause
        self._stopping = False

    def stop(self) -> None:
        """Break it off because the worker stops."""
        self._stopping = True
        self._cancel()

    def lose(self) -> None:
        """Break it off because another worker has the job now."""
        self.job.is_lost = True
        self._cancel()

    def _cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def run(self, contexts: ContextFactory) -> Outcome:
        """Run the handler; never raises."""
        with watched(self.job) as watch:
            outcome = await self._run(contexts)
            watch.outcome = outcome.kind
        return outcome

    async def _run(self, contexts: ContextFactory) -> Outcome:
        job, runnable = self.job, self.runnable
        if runnable is None:
            return self._failed(f"this release knows no task named {job.name}")
        if job.expires_at is not None and job.expires_at <= datetime.now(UTC):
            return Outcome("bury", expiry_reason(job.attempt))
        limit = asyncio.timeout(runnable.timeout)
        try:
            async with limit, contexts(job.tenant_id, job) as ctx:
                await runnable.run(ctx, job.payload)
        except asyncio.CancelledError:
            return self._broken_off()
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is a failed attempt
            return self._judged(error, is_late=limit.expired())
        return Outcome("settled" if job.is_completed or job.is_lost else "done")

    async def run_dead(self, contexts: ContextFactory, reason: str) -> None:
        """Let the task say goodbye before the job is given up; never raises."""
        if self.runnable is None:
            return
        self.job.is_given_up = True
        try:
            with given_up(self.job):
                async with asyncio.timeout(DEAD_HANDLER_SECONDS), contexts(self.job.tenant_id, self.job) as ctx:
                    await self.runnable.run_dead(ctx, self.job.payload, reason)
        except Exception:  # noqa: BLE001 - the job is given up all the same
            _log.exception("bus.dead_handler_failed", task=self.job.name, job_id=str(self.job.id))

    def _broken_off(self) -> Outcome:
        if self.job.is_lost:
            return Outcome("settled", "another worker has the job")
        if self._stopping:
            return Outcome("hand_back", "the worker stopped")
        return self._failed("the handler was cancelled")

    def _judged(self, error: Exception, *, is_late: bool) -> Outcome:
        if isinstance(error, LeaseLost):
            return Outcome("settled", "another worker has the job")
        if isinstance(error, Reject):
            return Outcome("bury", str(error))
        if isinstance(error, RetryLater):
            return self._failed(str(error), pause=error.seconds)
        if isinstance(error, TimeoutError) and is_late and self.runnable is not None:
            return self._failed(f"time limit of {self.runnable.timeout:g} seconds")
        return self._failed(f"{type(error).__name__}: {error}", error)

    def _failed(self, reason: str, error: BaseException | None = None, *, pause: float | None = None) -> Outcome:
        job = self.job
        if job.is_lost:
            return Outcome("settled", reason)
        is_last = job.attempt >= job.max_attempts
        _log.warning(
            "bus.attempt_failed",
            task=job.name,
            job_id=str(job.id),
            tenant_id=str(job.tenant_id),
            attempt=job.attempt,
            is_last=is_last,
            reason=reason,
            exc_info=error,
        )
        if is_last:
            return Outcome("bury", reason)
        return Outcome("retry", reason, back_off(self._first_pause, job.attempt) if pause is None else max(0.0, pause))


def back_off(first_pause: float, attempt: int) -> float:
    """Return the seconds to wait after a failed attempt: doubling, at most five minutes, spread by half."""
    pause = min(LONGEST_PAUSE, first_pause * 2.0 ** min(attempt - 1, 30))
    return spread(pause)
