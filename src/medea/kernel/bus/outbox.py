"""What one use case announces, written in its transaction, sent after its commit."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from medea.kernel.bus.driver import Driver, Slot
from medea.kernel.bus.event import encode_event
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Job, Runnable, Task
from medea.kernel.db.batch import Batch, Statement
from medea.kernel.db.sql import Sql
from medea.kernel.ids import JobId, TenantId
from medea.kernel.telemetry import tracing

# A row whose owner is set is born leased to a worker of this process. Keyed rows never are, so the
# conflict with a waiting row of the same key (partial index `jobs_dedupe`) is always seen.
INSERT = Statement(
    written="""
INSERT INTO jobs (tenant_id, id, task, queue, payload, state, priority, attempts, max_attempts,
                  run_at, expires_at, lease_owner, lease_until, dedupe_key, trace)
SELECT $1, id, task, queue, payload::jsonb, CASE WHEN owner IS NULL THEN 'queued' ELSE 'running' END,
       priority, CASE WHEN owner IS NULL THEN 0 ELSE 1 END, max_attempts, coalesce(run_at, now()),
       expires_at, owner, CASE WHEN owner IS NOT NULL THEN clock_timestamp() + make_interval(secs => lease) END, key, $2
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[], $9::timestamptz[],
            $10::timestamptz[], $11::text[], $12::float8[], $13::text[])
     AS new (id, task, queue, payload, priority, max_attempts, run_at, expires_at, owner, lease, key)
ON CONFLICT DO NOTHING
"""
)


class _Entry:
    __slots__ = ("job", "key", "priority", "slot")

    def __init__(self, job: Job, key: str | None, priority: int) -> None:
        self.job = job
        self.key = key
        self.priority = priority
        self.slot: Slot | None = None


class Outbox:
    """Owned by one Context. Collects, is flushed inside the transaction, sends after the commit.

    Args:
        registry: who listens to what.
        driver: what carries the rows.
        tenant_id: whose jobs these are; `bind` sets it later where it is not known yet.
    """

    __slots__ = ("_driver", "_pending", "_registry", "_written", "tenant_id")

    def __init__(self, registry: Registry, driver: Driver, tenant_id: TenantId | None) -> None:
        self._registry = registry
        self._driver = driver
        self.tenant_id = tenant_id
        self._pending: list[_Entry] = []
        self._written: list[_Entry] = []

    def bind(self, tenant_id: TenantId) -> None:
        """Name the tenant, where it came into being in this very use case."""
        self.tenant_id = tenant_id

    @property
    def is_pending(self) -> bool:
        """Whether there is something to flush."""
        return bool(self._pending)

    def emit(self, event: object, ctx: Any = None) -> None:
        """Announce an event: one job for each of its subscribers.

        Args:
            event: what happened.
            ctx: who emits it; without, subscribers are not asked whether they care.

        Raises:
            TypeError: not an `@event`.
        """
        payload = encode_event(event)
        for subscription in self._registry.subscriptions(event):
            if ctx is None or subscription.only_if is None or subscription.only_if(ctx):
                self._add(subscription, payload)

    def enqueue(
        self,
        task: Task,
        *,
        run_at: datetime | None = None,
        key: str | None = None,
        priority: int = 0,
        expires_at: datetime | None = None,
        expires_in: timedelta | None = None,
        **args: Any,
    ) -> JobId:
        """Let a task run.

        Args:
            task: made by `@task`.
            run_at: not before this time.
            key: while a job of this tenant and task with this key still waits, no other is added.
            priority: higher goes first within the queue.
            expires_at: what was not run by then goes to the dead letters.
            expires_in: the same, from now or from `run_at`; by default what the task says.
            args: the task's arguments.

        Returns:
            The job's id (of a job that may never come to be, where `key` finds another waiting).

        Raises:
            TypeError: an argument is missing, unknown or has no JSON form.
            msgspec.ValidationError: an argument has the wrong type.
        """
        if expires_at is None and (expires_in := expires_in or task.expires_in) is not None:
            expires_at = (run_at or datetime.now(UTC)) + expires_in
        payload = task.encode(args)
        return self._add(task, payload, run_at=run_at, expires_at=expires_at, key=key, priority=priority)

    async def flush(self, sql: Sql) -> None:
        """Write what was announced, in one statement, inside the use case's transaction.

        Raises:
            RuntimeError: no tenant was bound.
        """
        batch = Batch()
        self.flush_in(batch)
        await batch.run(sql)

    def flush_in(self, batch: Batch) -> None:
        """Let a batch of the use case's transaction do what `flush` does.

        Raises:
            RuntimeError: no tenant was bound.
        """
        if not self._pending:
            return
        if self.tenant_id is None:
            raise RuntimeError("an event or task was announced in no tenant")
        entries, self._pending = self._pending, []
        self._written.extend(entries)
        trace = _note(entries)
        for entry in entries:
            entry.job.tenant_id, entry.job.trace = self.tenant_id, trace
            self._lease(entry)
        batch.add(INSERT, self.tenant_id, trace, *_columns(entries))

    def after_commit(self) -> None:
        """Send what was written. Call it right after the commit."""
        if self._written:
            written, self._written = self._written, []
            self._driver.dispatch([(entry.job, entry.slot) for entry in written])

    def after_rollback(self) -> None:
        """Forget everything and give kept places back."""
        written, self._written, self._pending = self._written, [], []
        for entry in written:
            if entry.slot is not None:
                self._driver.release(entry.slot)

    def __del__(self) -> None:
        """Give kept places back even where nobody said that the transaction was rolled back."""
        if self._written:
            self.after_rollback()

    def _add(
        self,
        runnable: Runnable,
        payload: str,
        *,
        run_at: datetime | None = None,
        expires_at: datetime | None = None,
        key: str | None = None,
        priority: int = 0,
    ) -> JobId:
        job = Job(
            id=JobId.new(),
            tenant_id=self.tenant_id,  # type: ignore[arg-type]  # set again in flush, which refuses None
            name=runnable.name,
            queue=runnable.queue,
            payload=payload,
            attempt=0,
            max_attempts=runnable.retries + 1,
            lease_owner="",
            created_at=datetime.now(UTC),
            run_at=run_at,
            expires_at=expires_at,
        )
        self._pending.append(_Entry(job, key, priority))
        return job.id

    def _lease(self, entry: _Entry) -> None:
        job = entry.job
        if entry.key is not None or job.run_at is not None:
            return
        entry.slot = self._driver.reserve(job.queue, job.tenant_id)
        if entry.slot is not None:
            job.lease_owner = entry.slot.owner
            job.attempt = 1


def _note(entries: Sequence[_Entry]) -> str | None:
    """Note in the trace that these jobs were written, and return the `traceparent` that their rows carry."""
    names = {"messaging.operation.type": "create", "messaging.batch.message_count": len(entries)}
    name = entries[0].job.name if len(entries) == 1 else "jobs"
    with tracing.span(f"create {name}", names, kind="producer") as span:
        if span.is_recording:
            span.set(tasks=tuple(entry.job.name for entry in entries))
        return tracing.traceparent()


def _columns(entries: Sequence[_Entry]) -> tuple[list[Any], ...]:
    jobs = [entry.job for entry in entries]
    return (
        [job.id for job in jobs],
        [job.name for job in jobs],
        [job.queue for job in jobs],
        [job.payload for job in jobs],
        [entry.priority for entry in entries],
        [job.max_attempts for job in jobs],
        [job.run_at for job in jobs],
        [job.expires_at for job in jobs],
        [entry.slot.owner if entry.slot else None for entry in entries],
        [entry.slot.lease_seconds if entry.slot else None for entry in entries],
        [entry.key for entry in entries],
    )
