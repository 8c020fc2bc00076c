"""Who may decide on answers is told by mail that one waits: not at once, not often, and only if it still does."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import AgentId, TenantId
from medea.kernel.mail.mailer import Mail
from medea.modules.conversations.service import notices
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.modules.tenancy.people import colleague
from tests.support.app import NewClient, Outbox, TravelClock
from tests.support.models import provided_by
from tests.support.upstream import Upstream

ALL: dict[str, Any] = {"approval": {"answers": "all", "minutes": 60}}
SECRET = "Project Falcon flies on Monday."

models, settings = provided_by(acting({"plain": [[SECRET]]}))
Letters = Callable[[], Any]


async def ask(client: AsyncClient, **opening: Any) -> tuple[str, str]:
    """Ask the agent; return conversation and turn."""
    conversation = await open_conversation(client, **opening)
    frames = await say(client, conversation, "plain")
    return conversation, frames[0][1]["messageMetadata"]["turn_id"]


async def tenant_of(client: AsyncClient) -> TenantId:
    return TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])


async def address_of(client: AsyncClient) -> str:
    address: str = (await client.get("/v1/auth/me")).json()["user"]["email"]
    return address


async def jobs(installation: Installation, tenant: TenantId) -> list[float]:
    """Return in how many seconds people are told, of each job that will."""
    async with installation.ports.database.system() as sql:
        rows = await sql.fetch(
            "SELECT extract(epoch FROM run_at - now())::float8 AS seconds FROM jobs WHERE task = $1 AND tenant_id = $2",
            notices.TELL_REVIEWERS,
            tenant,
        )
    return [row["seconds"] for row in rows]


async def tell(installation: Installation, agent: dict[str, Any], tenant: TenantId) -> None:
    """Do what the job does, whose time has come."""
    async with installation.ports.database.system() as sql:
        await sql.execute("DELETE FROM jobs WHERE task = $1 AND tenant_id = $2", notices.TELL_REVIEWERS, tenant)
    ctx = Context(installation.ports, system_principal(tenant))
    await notices.tell_reviewers(ctx, AgentId.parse(agent["id"]))


async def test_those_who_may_decide_are_told_where_it_waits_and_nothing_of_it(
    owner: AsyncClient, working: Installation, models: Upstream, new_client: NewClient, mails: Outbox
) -> None:
    people = {role: await colleague(owner, new_client, mails, role) for role in ("admin", "editor", "viewer")}
    addresses = {role: await address_of(client) for role, client in {**people, "owner": owner}.items()}
    agent, tenant = await publish(owner, guardrails=ALL), await tenant_of(owner)
    conversation, _ = await ask(owner)
    (seconds,) = await jobs(working, tenant)
    assert 0 < seconds <= 60, "those who sit in front of the dashboard are let decide first"
    before = {role: len(await mails.to(address)) for role, address in addresses.items()}
    await tell(working, agent, tenant)
    came = {role: len(await mails.to(address)) - before[role] for role, address in addresses.items()}
    assert came == {"owner": 1, "admin": 1, "editor": 1, "viewer": 0}
    text = (await mails.to(addresses["editor"]))[0]
    assert f"/dashboard/conversations/{conversation}" in text
    assert ("Helper" in text, "Engines" in text) == (True, True)
    assert not [word for word in ("Falcon", "plain") if word in text]


@pytest.fixture
async def told(owner: AsyncClient, working: Installation, models: Upstream, mails: Outbox) -> Letters:
    """How many mails about answers the owner got."""
    address = await address_of(owner)

    async def count() -> int:
        return sum("to look at" in text for text in await mails.to(address))

    return count


async def test_one_mail_in_a_while_and_later_only_if_something_waits_then(
    owner: AsyncClient, working: Installation, told: Letters, clock: TravelClock
) -> None:
    agent, tenant = await publish(owner, guardrails=ALL), await tenant_of(owner)
    _, first = await ask(owner)
    await tell(working, agent, tenant)
    await owner.post(f"/v1/turns/{first}/review", json={"approved": True})
    _, second = await ask(owner)
    await tell(working, agent, tenant)
    assert await told() == 1, "a quarter of an hour is quiet"
    (seconds,) = await jobs(working, tenant)
    assert 13 * 60 < seconds <= 15 * 60, "somebody looks again then"
    clock.advance(minutes=15)
    await tell(working, agent, tenant)
    assert await told() == 2
    await owner.post(f"/v1/turns/{second}/review", json={"approved": True})
    clock.advance(minutes=15)
    await tell(working, agent, tenant)
    assert (await told(), await jobs(working, tenant)) == (2, [])


async def test_a_clock_that_is_a_little_behind_makes_no_job_that_is_due_at_once(
    owner: AsyncClient, working: Installation, told: Letters, clock: TravelClock
) -> None:
    agent, tenant = await publish(owner, guardrails=ALL), await tenant_of(owner)
    await ask(owner)
    await tell(working, agent, tenant)
    clock.advance(minutes=14, seconds=58)
    await tell(working, agent, tenant)
    (seconds,) = await jobs(working, tenant)
    assert seconds > 15 * 60 + 30, "it would look again and again until the clock is right"


async def test_several_are_told_of_at_once_and_of_each_agent_for_itself(
    owner: AsyncClient, working: Installation, told: Letters, mails: Outbox
) -> None:
    agent, tenant = await publish(owner, guardrails=ALL), await tenant_of(owner)
    other = await publish(owner, "other", guardrails=ALL)
    await ask(owner)
    await ask(owner)
    await ask(owner, agent="other")
    assert len(await jobs(working, tenant)) == 2, "one for each agent"
    await tell(working, agent, tenant)
    newest = (await mails.to(await address_of(owner)))[0]
    assert "2 answers wait" in newest
    assert "/dashboard/conversations\n" in newest
    await tell(working, other, tenant)
    assert await told() == 2


async def test_a_mail_that_could_not_be_sent_is_tried_again_by_the_same_job(
    owner: AsyncClient, working: Installation, told: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(owner, guardrails=ALL)
    mailer, tries = working.ports.mailer, list[Mail]()
    send = mailer.send

    async def refused(mail: Mail) -> None:
        tries.append(mail)
        if len(tries) == 1:
            raise OSError("the mail server is away")
        await send(mail)

    monkeypatch.setattr(mailer, "send", refused)
    await ask(owner)
    async with working.ports.database.system() as sql:
        await sql.execute("UPDATE jobs SET run_at = now() WHERE task = $1", notices.TELL_REVIEWERS)
    for _ in range(1200):
        if await told():
            break
        await asyncio.sleep(0.05)
    assert (len(tries), await told()) == (2, 1)


@pytest.mark.parametrize("why", ["switched off", "a draft", "decided", "too late", "deleted"])
async def test_nobody_is_told(
    owner: AsyncClient, working: Installation, told: Letters, clock: TravelClock, why: str
) -> None:
    rules = {"approval": {**ALL["approval"], "by_mail": why != "switched off"}}
    agent, tenant = await publish(owner, guardrails=rules), await tenant_of(owner)
    _, turn = await ask(owner, draft=why == "a draft")
    match why:
        case "a draft":
            assert await jobs(working, tenant) == []
        case "decided":
            await owner.post(f"/v1/turns/{turn}/review", json={"approved": True})
        case "too late":
            clock.advance(minutes=61)
        case "deleted":
            assert (await owner.delete(f"/v1/agents/{agent['id']}")).status_code == 204
    await tell(working, agent, tenant)
    assert (await told(), await jobs(working, tenant)) == (0, [])
