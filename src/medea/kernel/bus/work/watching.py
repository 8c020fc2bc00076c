"""What the installation is told of each attempt at a job: a span, counters, and who it is in the log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from medea.kernel.bus.task import Job
from medea.kernel.telemetry import metrics, tracing
from medea.kernel.telemetry.logging import bind, unbind_all


class Watch:
    """One attempt, until it is known how it ended."""

    __slots__ = ("outcome",)

    def __init__(self) -> None:
        self.outcome = "lost"  # an attempt that never says how it ended was cancelled before it could


@contextmanager
def given_up(job: Job) -> Iterator[None]:
    """Let what a task does before its job is given up belong to the same trace."""
    unbind_all()
    _bind(job)
    with tracing.entry(f"give up {job.name}", kind="consumer", parent=tracing.parse(job.trace), tenant=job.tenant_id):
        yield


def _bind(job: Job) -> None:
    bind(tenant=str(job.tenant_id), job=str(job.id), task=job.name, attempt=job.attempt)


@contextmanager
def watched(job: Job) -> Iterator[Watch]:
    """Watch an attempt: its span goes on with the trace of what wrote the job, which may be in another process."""
    began = time.perf_counter()
    waited = max(0.0, (datetime.now(UTC) - (job.run_at or job.created_at)).total_seconds())
    watch = Watch()
    unbind_all()
    _bind(job)
    names = {
        "messaging.operation.type": "process",
        "messaging.operation.name": job.name,
        "messaging.destination.name": job.queue,
        "messaging.message.id": str(job.id),
    }
    with tracing.entry(
        f"process {job.name}",
        names,
        kind="consumer",
        parent=tracing.parse(job.trace),
        tenant=job.tenant_id,
        attempt=job.attempt,
        queue_wait_ms=round(waited * 1000, 1),
    ) as span:
        try:
            yield watch
        finally:
            span.set(outcome=watch.outcome)
            if watch.outcome in {"retry", "bury"}:
                span.fail(watch.outcome)
    metrics.JOBS.labels(job.name, job.queue, watch.outcome).inc()
    metrics.JOB_WAIT.labels(job.queue).observe(waited)
    metrics.JOB_SECONDS.labels(job.queue).observe(time.perf_counter() - began)
