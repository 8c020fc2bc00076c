"""Recurring work: a task without arguments that belongs to no tenant and becomes a job at every tick."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from medea.kernel.bus.task import Handler, Queue, Task, arguments_of
from medea.kernel.ids import TenantId

PLATFORM_TENANT = TenantId(UUID(int=0))
"""Whose jobs the installation's own are. No tenant has this id, so as `medea_app` they see nobody's rows."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST = timedelta(seconds=1)


@dataclass(slots=True, eq=False, kw_only=True)
class Periodic(Task):
    """Recurring work's code. Made by `@periodic`; calling it runs the function directly.

    Attributes:
        every: from tick to tick.
        offset: of the ticks, counted from midnight UTC for what divides a day.
    """

    every: timedelta
    offset: timedelta

    def next_tick(self, after: datetime) -> datetime:
        """Return the first tick later than a time: the same in every process, whenever it was started."""
        ticks = (after - _EPOCH - self.offset) // self.every
        return _EPOCH + self.offset + (ticks + 1) * self.every


def periodic(
    name: str,
    *,
    every: timedelta,
    offset: timedelta = timedelta(0),
    queue: Queue = "default",
    timeout: float = 60,
    retries: int = 3,
) -> Callable[[Handler], Periodic]:
    """Make recurring work of `async def f(ctx)`.

    Each tick becomes one job, however many processes there are. A tick that comes while the job of an
    earlier one still waits or runs is left out; after a downtime one run makes up for all ticks missed.
    The handler's context belongs to no tenant: it reads through `ctx.ports.database.system()` (a door to be
    named in `tests/architecture/test_doors.py`) and hands work to tenants by `ctx.in_tenant(tenant_id)`.

    Args:
        name: `<module>.<imperative>`, stable for ever.
        every: from tick to tick, at least a second; `timedelta(days=1)` ticks at midnight UTC.
        offset: shifts the ticks: a day's with `timedelta(hours=3)` is at three in the morning, UTC.
        queue: whose concurrency it shares.
        timeout: seconds after which the handler is cancelled and the attempt has failed.
        retries: further attempts at one tick after the first.

    Raises:
        ValueError: `every` is shorter than a second.
        TypeError: the function has arguments besides its context.
    """
    if every < _SHORTEST:
        raise ValueError(f"{name}: ticks are at least a second apart")

    def make(handler: Handler) -> Periodic:
        arguments = arguments_of(handler)
        if arguments.__struct_fields__:
            raise TypeError(f"{name}: nobody is there to give it arguments")
        return Periodic(
            name=name,
            queue=queue,
            timeout=timeout,
            retries=retries,
            handler=handler,
            arguments=arguments,
            every=every,
            offset=offset,
        )

    return make
