"""Tasks, subscriptions, and the job that carries one of them."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, Protocol, TypeVar, get_type_hints

import msgspec

from medea.kernel.bus.codec import decode_as
from medea.kernel.bus.event import decode_event, event_name
from medea.kernel.db.batch import Batch, Statement
from medea.kernel.db.sql import Sql
from medea.kernel.errors import Conflict
from medea.kernel.ids import JobId, TenantId
from medea.kernel.text import json_text

E = TypeVar("E")
Queue = Literal["turns", "default", "slow", "webhooks"]
QUEUES: tuple[Queue, ...] = ("turns", "default", "slow", "webhooks")
BOUNDED: frozenset[Queue] = frozenset({"webhooks"})
"""Queues whose jobs wait for servers of tenants: none has all places. See `bus/work/bounds.py`."""

Handler = Callable[..., Awaitable[None]]


class LeaseLost(Conflict):
    """Another worker has taken over this job."""

    code = "jobs.lease_lost"


class Reject(Exception):
    """Raised by a handler: this job can never succeed; straight to the dead letters with this reason."""


class RetryLater(Exception):
    """Raised by a handler: try again in so many seconds, with this reason.

    Counts as an attempt like any failure, but overrides the back-off.
    """

    def __init__(self, seconds: float, reason: str = "asked to be retried") -> None:
        self.seconds = seconds
        super().__init__(reason)


class Runnable(Protocol):
    """What a job row names: a task, or one subscription to an event."""

    @property
    def name(self) -> str:
        """Stable name, `<module>.<function>`."""
        ...

    @property
    def queue(self) -> Queue:
        """The queue whose concurrency it shares."""
        ...

    @property
    def timeout(self) -> float:
        """Seconds after which the handler is cancelled."""
        ...

    @property
    def retries(self) -> int:
        """Further attempts after the first."""
        ...

    async def run(self, ctx: Any, payload: str) -> None:
        """Decode the payload and call the handler.

        Raises:
            Reject: the payload does not fit the signature.
        """
        ...

    async def run_dead(self, ctx: Any, payload: str, reason: str) -> None:
        """Do what is to be done before the job is given up."""
        ...


@dataclass(slots=True, eq=False)
class Task:
    """A background job's code. Made by `@task`; calling it runs the function directly.

    Attributes:
        name: stable, `<module>.<function>`.
        queue: whose concurrency it shares.
        timeout: seconds.
        retries: further attempts after the first.
        handler: the function, which takes a context first.
        arguments: a msgspec struct type made from the function's other parameters.
        dead_handler: what `on_dead` set.
        expires_in: after which a job that was not run yet goes to the dead letters.
    """

    name: str
    queue: Queue
    timeout: float
    retries: int
    handler: Handler
    arguments: type[msgspec.Struct]
    dead_handler: Handler | None = None
    expires_in: timedelta | None = None

    def on_dead(self, handler: Handler) -> Handler:
        """Decorate `async def f(ctx, reason: str, **arguments)`: runs before a job is given up for good.

        At least once, also when the last attempt killed its process; its own failure is logged and the
        job is given up all the same.
        """
        self.dead_handler = handler
        return handler

    def encode(self, args: dict[str, Any]) -> str:
        """Encode keyword arguments as JSON text, checked against the signature.

        Raises:
            TypeError: an argument is missing, unknown or has no JSON form.
            msgspec.ValidationError: an argument has the wrong type.
        """
        payload = json_text(self.arguments(**args))
        decode_as(self.arguments, payload)
        return payload

    def decode(self, payload: str) -> dict[str, Any]:
        """Read keyword arguments back.

        Raises:
            msgspec.ValidationError: they do not fit the signature.
        """
        arguments = decode_as(self.arguments, payload)
        return {name: getattr(arguments, name) for name in self.arguments.__struct_fields__}

    async def run(self, ctx: Any, payload: str) -> None:
        """Decode and call."""
        try:
            args = self.decode(payload)
        except (ValueError, msgspec.MsgspecError) as error:
            raise Reject(f"the payload does not fit: {error}") from error
        await self.handler(ctx, **args)

    async def run_dead(self, ctx: Any, payload: str, reason: str) -> None:
        """Decode and call what `on_dead` set, if anything."""
        if self.dead_handler is not None:
            await self.dead_handler(ctx, reason, **self.decode(payload))

    async def __call__(self, ctx: Any, *args: Any, **kwargs: Any) -> None:
        """Call the function here and now, as a test does."""
        await self.handler(ctx, *args, **kwargs)


@dataclass(frozen=True, slots=True, eq=False)
class Subscription(Generic[E]):
    """A reaction to an event. Made by `@subscribe`; calling it runs the function directly.

    Attributes:
        name: stable, `<module>.<function>`.
        event_type: the event's class.
        queue: whose concurrency it shares.
        timeout: seconds.
        retries: further attempts after the first.
        handler: the function: context, event.
        only_if: asked with the context that emits; False writes no job.
    """

    name: str
    event_type: type[E]
    queue: Queue
    timeout: float
    retries: int
    handler: Handler
    only_if: Callable[[Any], bool] | None = None

    async def run(self, ctx: Any, payload: str) -> None:
        """Decode and call."""
        try:
            event = decode_event(self.event_type, payload)
        except (ValueError, msgspec.MsgspecError) as error:
            raise Reject(f"the payload does not fit: {error}") from error
        await self.handler(ctx, event)

    async def run_dead(self, ctx: Any, payload: str, reason: str) -> None:
        """Do nothing: the announcement stays in the dead letters."""

    async def __call__(self, ctx: Any, event: E) -> None:
        """Call the function here and now, as a test does."""
        await self.handler(ctx, event)


def task(
    name: str,
    *,
    queue: Queue = "default",
    timeout: float = 60,
    retries: int = 5,
    expires_in: timedelta | None = None,
) -> Callable[[Handler], Task]:
    """Make a task of `async def f(ctx, **arguments)`.

    Args:
        name: `<module>.<imperative>`, stable for ever: rows of the previous release name it.
        queue: whose concurrency it shares.
        timeout: seconds after which the handler is cancelled and the attempt has failed.
        retries: further attempts after the first, with exponential back-off.
        expires_in: after so long (from when it was due) it is of no more use: what was not run by then, or is
            to be tried again after that, goes to the dead letters. Whoever enqueues may say otherwise.
    """

    def make(handler: Handler) -> Task:
        return Task(name, queue, timeout, retries, handler, arguments_of(handler), expires_in=expires_in)

    return make


def subscribe(
    event_type: type[E],
    *,
    name: str | None = None,
    queue: Queue = "default",
    timeout: float = 60,
    retries: int = 10,
    only_if: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[[Any, E], Awaitable[None]]], Subscription[E]]:
    """Make a subscription of `async def f(ctx, event)`.

    Args:
        event_type: a class made by `@event`.
        name: by default `<module>.<function>`.
        queue: whose concurrency it shares.
        timeout: seconds after which the handler is cancelled and the attempt has failed.
        retries: further attempts after the first.
        only_if: a quick look whether anybody can want it, asked with the context that emits; where it is False no
            job is written. For events of the hot path that few tenants care for: when in doubt it says True.

    Raises:
        TypeError: the class was not made by `@event`.
    """
    event_name(event_type)

    def make(handler: Callable[[Any, E], Awaitable[None]]) -> Subscription[E]:
        return Subscription(name or _handler_name(handler), event_type, queue, timeout, retries, handler, only_if)

    return make


@dataclass(slots=True, eq=False)
class Job:
    """One attempt at a job, as its handler sees it (`ctx.job`).

    Attributes:
        id: of the row.
        tenant_id: whose job it is.
        name: task or subscription.
        queue: where it waited.
        payload: JSON text.
        attempt: 1 for the first; never used twice for one job.
        max_attempts: the last one allowed.
        lease_owner: the worker that holds it; empty while it waits.
        created_at: when it was written.
        trace: W3C traceparent of what wrote it.
        run_at: not before this time; None: at once.
        expires_at: past this time it is not run any more, but goes to the dead letters.
        is_lost: the lease went to another worker; stop, whatever you write may be written twice.
        is_completed: `complete` has deleted the row.
        is_given_up: what runs now is the task's `on_dead`; the row goes to the dead letters in any case.
    """

    id: JobId
    tenant_id: TenantId
    name: str
    queue: Queue
    payload: str
    attempt: int
    max_attempts: int
    lease_owner: str
    created_at: datetime
    trace: str | None = None
    run_at: datetime | None = None
    expires_at: datetime | None = None
    is_lost: bool = field(default=False)
    is_completed: bool = field(default=False)
    is_given_up: bool = field(default=False)

    async def complete(self, sql: Sql) -> None:
        """Delete the job in the handler's own transaction, so that effect and completion are one.

        After the commit the worker does nothing more for this job; after a rollback it is tried again.

        Raises:
            LeaseLost: another worker holds the job; roll back.
        """
        batch = Batch()
        self.complete_in(batch)
        await batch.run(sql)

    def complete_in(self, batch: Batch) -> None:
        """Let a batch of the handler's own transaction do what `complete` does; `LeaseLost` comes from there."""
        if self.is_given_up:
            return
        batch.add(COMPLETE, self.id, self.lease_owner, self.attempt, otherwise=self._lost)
        self.is_completed = True

    def _lost(self) -> LeaseLost:
        self.is_lost, self.is_completed = True, False
        return LeaseLost(job_id=str(self.id))


# With the attempt: a worker may have lost a job and claimed it again while the first attempt still runs.
COMPLETE = Statement(completed="DELETE FROM jobs WHERE id = $1 AND lease_owner = $2 AND attempts = $3 RETURNING id")


def arguments_of(handler: Handler) -> type[msgspec.Struct]:
    """Make the struct type of a handler's arguments, its context left out.

    Raises:
        TypeError: an argument has no type, or takes any number of values.
    """
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    hints = get_type_hints(handler)
    fields: list[Any] = []
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL, parameter.POSITIONAL_ONLY):
            raise TypeError(f"{handler.__qualname__}: a task's arguments are named one by one")
        if parameter.name not in hints:
            raise TypeError(f"{handler.__qualname__}: {parameter.name} needs a type")
        default = () if parameter.default is parameter.empty else (parameter.default,)
        fields.append((parameter.name, hints[parameter.name], *default))
    return msgspec.defstruct(handler.__name__, fields, kw_only=True, forbid_unknown_fields=False, frozen=True)


def _handler_name(handler: Any) -> str:
    parts = handler.__module__.split(".")
    owner = parts[2] if parts[:2] == ["medea", "modules"] and len(parts) > 2 else parts[-1]
    return f"{owner}.{handler.__name__}"
