"""Events, tasks and their registry, without a database."""

import types
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medea.kernel.bus.driver import Slot
from medea.kernel.bus.event import decode_event, encode_event, event
from medea.kernel.bus.outbox import Outbox
from medea.kernel.bus.registry import Registry
from medea.kernel.bus.task import Job, Queue, Reject, subscribe, task
from medea.kernel.ids import AgentId, TenantId, TurnId


@event("tests.agent_published", version=2)
class AgentPublished:
    agent_id: AgentId
    version: int
    at: datetime
    note: str | None = None
    turns: tuple[TurnId, ...] = ()


@task("tests.index", queue="slow", timeout=600, retries=2)
async def index(ctx: Any, agent_id: AgentId, *, at: datetime | None = None, tags: list[str] | None = None) -> None:
    ctx.append((agent_id, at, tags))


@subscribe(AgentPublished)
async def react(ctx: Any, event: AgentPublished) -> None:
    ctx.append(event)


IDS = st.integers(0, 2**128 - 1)
TIMES = st.datetimes(timezones=st.just(UTC))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(IDS, st.integers(-(2**53), 2**53), TIMES, st.none() | TEXT, st.lists(IDS, max_size=3))
def test_an_event_reads_back(agent: int, version: int, at: datetime, note: str | None, turns: list[int]) -> None:
    happened = AgentPublished(
        agent_id=AgentId(agent), version=version, at=at, note=note, turns=tuple(TurnId(turn) for turn in turns)
    )
    again = decode_event(AgentPublished, encode_event(happened))
    assert again == happened
    assert type(again.agent_id) is AgentId


def test_an_event_of_an_older_release_still_reads() -> None:
    agent = AgentId.new()
    old = msgspec.json.encode({"agent_id": str(agent), "version": 1, "at": "2026-01-01T00:00:00Z", "gone": 1})
    assert decode_event(AgentPublished, old) == AgentPublished(
        agent_id=agent, version=1, at=datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_an_event_is_frozen_and_named_well() -> None:
    happened = AgentPublished(agent_id=AgentId.new(), version=1, at=datetime.now(UTC))
    with pytest.raises(AttributeError):
        happened.version = 2  # type: ignore[misc]
    for name in ("published", "Agents.published", "agents.", "a.b.c", "agents.has space"):
        with pytest.raises(ValueError, match="is named"):
            event(name)
    with pytest.raises(TypeError, match="not an @event"):
        encode_event(object())
    with pytest.raises(TypeError, match="not an @event"):
        subscribe(int)


async def test_a_tasks_arguments_read_back_typed() -> None:
    agent, at, got = AgentId.new(), datetime.now(UTC), list[Any]()
    payload = index.encode({"agent_id": agent, "at": at, "tags": ["a"]})
    await index.run(got, payload)
    await index(got, agent)
    assert got == [(agent, at, ["a"]), (agent, None, None)]
    assert type(got[0][0]) is AgentId


@pytest.mark.parametrize(
    "args", [{}, {"agent_id": "agt_1"}, {"agent_id": 7}, {"agent_id": AgentId.new(), "other": 1}, {"at": None}]
)
def test_arguments_are_checked_where_the_task_is_enqueued(args: dict[str, Any]) -> None:
    with pytest.raises((TypeError, msgspec.ValidationError)):
        index.encode(args)


async def test_a_payload_that_does_not_fit_is_rejected() -> None:
    for runnable in (index, react):
        for payload in ("{}", "nonsense", '{"agent_id": 5}'):
            with pytest.raises(Reject, match="does not fit"):
                await runnable.run([], payload)


def test_a_task_names_and_types_its_arguments() -> None:
    async def untyped(ctx, number):  # type: ignore[no-untyped-def]
        ...

    async def open_ended(ctx: Any, **rest: int) -> None: ...

    with pytest.raises(TypeError, match="needs a type"):
        task("tests.untyped")(untyped)
    with pytest.raises(TypeError, match="one by one"):
        task("tests.open")(open_ended)


def test_names_are_stable() -> None:
    assert react.name == "test_event_task.react"

    async def record(ctx: Any, event: AgentPublished) -> None: ...

    record.__module__ = "medea.modules.analytics.subscribers"
    assert subscribe(AgentPublished)(record).name == "analytics.record"


def test_the_registry_collects_and_refuses_doubles() -> None:
    module = types.ModuleType("tests_module")
    vars(module).update(index=index, react=react, AgentPublished=AgentPublished, other=3)
    registry = Registry.collect([module, module])
    assert set(registry.names) == {"tests.index", "test_event_task.react"}
    assert registry.find("tests.index") is index
    assert registry.find("tests.nothing") is None
    assert registry.subscriptions(AgentPublished) == (react,)
    assert registry.events == {"tests.agent_published": AgentPublished}

    @task("tests.index")
    async def twin(ctx: Any) -> None: ...

    @event("tests.agent_published")
    class Twin:
        pass

    with pytest.raises(ValueError, match=r"tests\.index"):
        registry.add(twin)
    with pytest.raises(ValueError, match=r"tests\.agent_published"):
        registry.add_event(Twin)


class Driver:
    def __init__(self) -> None:
        self.sent: list[tuple[Job, Slot | None]] = []

    def reserve(self, queue: Queue, tenant_id: TenantId) -> Slot | None:
        return None

    def release(self, slot: Slot) -> None: ...

    def dispatch(self, jobs: Any) -> None:
        self.sent.extend(jobs)


async def test_an_outbox_without_a_tenant_is_refused_when_it_is_written() -> None:
    outbox = Outbox(Registry([index]), Driver(), None)
    await outbox.flush(object())  # type: ignore[arg-type]  # nothing to write: nothing is asked of it
    outbox.enqueue(index, agent_id=AgentId.new())
    assert outbox.is_pending
    with pytest.raises(RuntimeError, match="no tenant"):
        await outbox.flush(object())  # type: ignore[arg-type]
    outbox.bind(TenantId.new())
    outbox.after_rollback()
    assert not outbox.is_pending


def test_an_event_that_nobody_listens_to_costs_nothing() -> None:
    driver = Driver()
    outbox = Outbox(Registry(), driver, TenantId.new())
    outbox.emit(AgentPublished(agent_id=AgentId.new(), version=1, at=datetime.now(UTC)))
    assert not outbox.is_pending
    with pytest.raises(TypeError, match="not an @event"):
        outbox.emit("something")
    outbox.after_commit()
    assert driver.sent == []


def test_a_subscriber_that_does_not_care_gets_no_job() -> None:
    """It is asked with the context that emits; where nobody can be asked, it counts as one who does."""

    async def handle(ctx: Any, event: AgentPublished) -> None:
        ctx.append(event)

    rare = subscribe(AgentPublished, name="tests.rare", only_if=lambda ctx: "care" in ctx)(handle)
    happened = AgentPublished(agent_id=AgentId.new(), version=1, at=datetime(2026, 1, 1, tzinfo=UTC))
    for ctx, expected in ((["care"], 2), (["not"], 1), (None, 2)):
        outbox = Outbox(Registry([react, rare]), None, TenantId.new())  # type: ignore[arg-type]
        outbox.emit(happened, ctx)
        assert len(outbox._pending) == expected, ctx
