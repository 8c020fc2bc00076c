"""Tasks, live streams, caches and signals carry the company, too."""

import asyncio
import contextlib
import uuid
from datetime import UTC, datetime
from typing import Any, get_args, get_origin

import asyncpg
import pytest

from medea.apps import registry
from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.bus.periodic import Periodic
from medea.kernel.bus.task import Job, Reject, Task
from medea.kernel.cache.base import CacheSpec
from medea.kernel.context import Context
from medea.kernel.errors import AppError
from medea.kernel.ids import Id, JobId, TenantId, TurnId
from medea.kernel.mail.local import LocalMailer
from medea.modules.conversations.runtime.cancellation import topic_of
from tests.isolation.test_routes import everything_of
from tests.isolation.world import Company
from tests.support.app import NewClient

Companies = tuple[Company, Company]

PLATFORM_IDS = frozenset({"pwr"})
"""Prefixes of ids that belong to no company, so that a task may be given one in any company's name."""

TASKS = [
    job
    for name in registry.jobs().names
    if isinstance(job := registry.jobs().find(name), Task) and not isinstance(job, Periodic)
]
"""Recurring work is nobody's and takes no arguments: there is nothing to name in it."""


def arguments(task: Task, things: dict[str, str]) -> dict[str, Any]:
    """Return arguments of a task that name these things."""
    by_prefix = {value.partition("_")[0]: value for value in things.values() if len(value.partition("_")[2]) == 32}
    filled: dict[str, Any] = {}
    for name, given in task.arguments.__annotations__.items():
        origin: object = get_origin(given)
        is_list = origin is list
        kind = get_args(given)[0] if is_list else given
        if isinstance(kind, type) and issubclass(kind, Id):
            assert kind.prefix in by_prefix or kind.prefix in PLATFORM_IDS, f"{task.name}: furnish a {kind.prefix}_"
            found = kind.parse(by_prefix[kind.prefix]) if kind.prefix in by_prefix else kind.new()
            filled[name] = [found] if is_list else found
        else:
            samples: dict[Any, Any] = {bool: False, int: 1, str: "x", float: 1.0}
            assert kind in samples, f"{task.name}: {name} is of an unknown kind {kind}"
            filled[name] = samples[kind]
    return filled


@pytest.mark.parametrize("is_given_up", [False, True], ids=["run", "given-up"])
async def test_tasks_in_ones_own_name_do_nothing_to_anothers_things(
    installation: Installation,
    companies: Companies,
    new_client: NewClient,
    admin: asyncpg.Connection,
    is_given_up: bool,
) -> None:
    theirs, own = companies
    said = await new_client().post(
        f"/v1/conversations/{theirs.things['conversation_id']}/messages",
        json={"text": "still to be answered"},
        headers={"authorization": f"Bearer {theirs.bearers['visitor']}"},
    )
    things = theirs.things | {"turn_id": said.json()["turn_id"]}
    faults = []
    for task in TASKS:
        before, sent = await everything_of(theirs, admin), await sent_mails(installation)
        try:
            await carry_out(task, installation, own, things, is_given_up=is_given_up)
        except Exception as error:  # noqa: BLE001 - told with its task
            faults.append(f"{task.name}: {error!r}")
        if await everything_of(theirs, admin) != before:
            faults.append(f"{task.name} changes rows")
        if await sent_mails(installation) != sent:
            faults.append(f"{task.name} sends mails")
    assert len(TASKS) > 15
    assert not faults, "\n".join(faults)


async def carry_out(
    task: Task, installation: Installation, own: Company, things: dict[str, str], *, is_given_up: bool
) -> None:
    """Do a task, or what is done when it is given up, in a company's name."""
    job = Job(
        id=JobId.new(),
        tenant_id=own.tenant_id,
        name=task.name,
        queue=task.queue,
        payload="{}",
        attempt=1,
        max_attempts=1,
        lease_owner="isolation",
        created_at=datetime.now(UTC),
    )
    payload = task.encode(arguments(task, things))
    with contextlib.suppress(AppError, Reject):  # refusing is as good as doing nothing
        async with Context(installation.ports, system_principal(own.tenant_id), job=job) as ctx:
            run = task.run_dead(ctx, payload, "isolation") if is_given_up else task.run(ctx, payload)
            await asyncio.wait_for(run, 60)


async def sent_mails(installation: Installation) -> int:
    mailer = installation.ports.mailer
    assert isinstance(mailer, LocalMailer)
    return len(await mailer.list_sent())


async def test_a_stream_is_found_only_in_its_own_company(installation: Installation) -> None:
    streams, turn_id = installation.ports.streams, TurnId.new()
    theirs, own = TenantId.new(), TenantId.new()
    writer = streams.writer(theirs, turn_id, 1, restart=b"{}")
    writer.append([b'"theirs"'])
    assert await streams.read(own, turn_id) is None
    mine = streams.writer(own, turn_id, 7, restart=b"{}")
    mine.append([b'"mine"'])
    writer.append([b'"still theirs"'])  # a higher attempt of another company replaces nothing
    for tenant_id, expected in ((theirs, [b"theirs", b"still theirs"]), (own, [b"mine"])):
        reader = await streams.read(tenant_id, turn_id)
        assert reader is not None
        chunk = await anext(reader)
        reader.close()
        assert [text for text in (b'"theirs"', b'"still theirs"', b'"mine"') if text in chunk] == [
            b'"' + text + b'"' for text in expected
        ]


async def test_a_running_answer_is_not_to_be_joined_or_stopped_from_elsewhere(
    installation: Installation, companies: Companies, new_client: NewClient
) -> None:
    theirs, own = companies
    turn_id = TurnId.parse(theirs.things["turn_id"])
    stopped: list[str] = []
    installation.ports.signals.subscribe(topic_of(turn_id), stopped.append)
    installation.ports.streams.writer(theirs.tenant_id, turn_id, 99, restart=b"{}").append([b'"secret"'])
    for bearer in own.bearers.values():
        client = new_client(headers={"authorization": f"Bearer {bearer}"})
        for request in (client.get(f"/v1/turns/{turn_id}/stream"), client.post(f"/v1/turns/{turn_id}/cancel")):
            answer = await asyncio.wait_for(request, 60)
            assert answer.status_code in {403, 404}
            assert "secret" not in answer.text
    assert stopped == []


async def test_a_cache_keeps_companies_apart(installation: Installation) -> None:
    spec: CacheSpec[str] = CacheSpec(f"isolation.{uuid.uuid4().hex}")
    cache = installation.ports.cache(spec)
    theirs, own = TenantId.new(), TenantId.new()

    async def load(value: str) -> str:
        return value

    assert await cache.get(theirs, "key", lambda: load("theirs")) == "theirs"
    assert await cache.get(own, "key", lambda: load("own")) == "own"
    assert await cache.get(None, "key", lambda: load("nobody's")) == "nobody's"
    await cache.forget(own)
    assert await cache.get(theirs, "key", lambda: load("again")) == "theirs"
    assert await cache.get(own, "key", lambda: load("again")) == "again"
