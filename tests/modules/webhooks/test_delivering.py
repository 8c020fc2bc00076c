"""What becomes of a delivery: signed, tried again, given up, sent again; and of a webhook that always fails."""

import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from httpx2 import AsyncClient
from standardwebhooks.webhooks import WebhookVerificationError

from medea.apps.bootstrap import Installation
from medea.kernel.ids import AgentId, WebhookId
from medea.modules.agents.events import AgentPublished
from medea.modules.webhooks.service import delivering, notices
from medea.modules.webhooks.service.publishing import DELIVER, publish
from tests.modules.webhooks.receiving import (
    OK,
    Receiver,
    deliveries,
    detail,
    id_of,
    job_context,
    pending_jobs,
    refusing,
    subscribe,
    tenant_of,
    until,
)
from tests.support.app import Outbox, TravelClock, problem
from tests.support.upstream import Answer, Hang, Reset, Send

DATA = {"agent_id": "agt_x", "version": 1}


async def tell(installation: Installation, client: AsyncClient) -> None:
    """Let something happen; nobody works on it but the test."""
    async with job_context(installation, await tenant_of(client)) as ctx:
        assert await publish(ctx, "agent.published", DATA) >= 1


async def attempt(installation: Installation, client: AsyncClient, delivery: dict[str, Any], number: int) -> None:
    """Make one try, as its job would."""
    async with job_context(installation, await tenant_of(client)) as ctx:
        await delivering.deliver(ctx, id_of(delivery), number)


async def newest(client: AsyncClient, hook: dict[str, Any]) -> dict[str, Any]:
    """Return the newest delivery of a webhook."""
    return (await deliveries(client, hook))[0]


async def test_a_delivery_shows_what_was_sent_and_answered(
    owner: AsyncClient, installation: Installation, receiver: Receiver
) -> None:
    hook = await subscribe(owner, receiver)
    body = f"you are {hook['secret']} \x00 and {hook['secret'].removeprefix('whsec_')}".encode() + b"x" * 20_000_000
    receiver.server.answers = [Answer([Send(body)], 200, (("Content-Type", "text/plain"), ("Set-Cookie", "a=b")))]
    await tell(installation, owner)
    await attempt(installation, owner, await newest(owner, hook), 1)
    found = await detail(owner, hook, await newest(owner, hook))
    assert (found["state"], found["attempts"], found["next_at"]) == ("delivered", 1, None)
    assert json.loads(found["body"])["data"] == DATA
    assert receiver.server.calls[0].body.decode() == found["body"]
    [tried] = found["tries"]
    assert tried["body"].startswith("you are [secret]  and [secret]xxx")
    assert (len(tried["body"]), tried["headers"]) == (4_000, {"content-type": "text/plain"})
    assert (tried["status"], tried["error"]) == (200, None)
    assert receiver.server.calls[0].headers["webhook-id"] == found["event"]["id"]


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (refusing(500), 500, "status 500"),
        (refusing(404), 404, "status 404"),
        (refusing(302, ("Location", "http://169.254.169.254/")), 302, "redirects are not followed"),
        (Answer([Reset()], head=b""), None, "cannot be reached"),
        (Answer([Hang()]), None, "did not answer in time"),
    ],
)
async def test_what_fails_is_tried_again_under_the_same_id(
    owner: AsyncClient, installation: Installation, receiver: Receiver, answer: Answer, status: int | None, words: str
) -> None:
    object.__setattr__(installation.ports.settings.webhooks, "timeout", 0.5)
    hook = await subscribe(owner, receiver)
    receiver.server.answers = [answer, OK]
    await tell(installation, owner)
    delivery = await newest(owner, hook)
    await attempt(installation, owner, delivery, 1)
    seen = await newest(owner, hook)
    assert (seen["state"], seen["attempts"], seen["last_status"]) == ("pending", 1, status)
    assert words in seen["last_error"]
    jobs = await pending_jobs(installation, await tenant_of(owner), DELIVER)
    assert jobs[-1]["payload"]["attempt"] == 2
    await attempt(installation, owner, delivery, 2)
    assert (await newest(owner, hook))["state"] == "delivered"
    first, second = receiver.server.calls[0], receiver.server.calls[-1]
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert receiver.verified(second)["data"] == DATA


async def test_a_try_that_was_made_is_not_made_again(
    owner: AsyncClient, installation: Installation, receiver: Receiver
) -> None:
    hook = await subscribe(owner, receiver)
    receiver.server.answers = [refusing(500), OK]
    await tell(installation, owner)
    delivery = await newest(owner, hook)
    for _ in range(3):
        await attempt(installation, owner, delivery, 1)
    assert len(receiver.server.calls) == 1
    for _ in range(3):
        await attempt(installation, owner, delivery, 2)
    assert len(receiver.server.calls) == 2


async def test_it_is_given_up_after_a_day_and_can_be_sent_again(
    owner: AsyncClient, installation: Installation, receiver: Receiver, clock: TravelClock
) -> None:
    hook = await subscribe(owner, receiver)
    receiver.server.answers = [refusing(503)]
    await tell(installation, owner)
    delivery = await newest(owner, hook)
    started, number = clock.now(), 0
    while (seen := await newest(owner, hook))["state"] == "pending":
        number += 1
        await attempt(installation, owner, delivery, number)
        if (seen := await newest(owner, hook))["next_at"]:
            clock.advance(seconds=(_time(seen["next_at"]) - clock.now()).total_seconds() + 1)
    assert 8 <= number <= 14
    assert timedelta(hours=20) < clock.now() - started < timedelta(hours=25)
    assert (await deliveries(owner, hook, state="failed"))[0]["id"] == delivery["id"]
    assert await deliveries(owner, hook, state="delivered") == []
    receiver.server.answers = [OK]
    assert (await owner.post(f"/v1/webhooks/{hook['id']}/deliveries/{delivery['id']}/replay")).status_code == 202
    assert (await newest(owner, hook))["state"] == "pending"
    await attempt(installation, owner, delivery, number + 1)
    assert (await newest(owner, hook))["state"] == "delivered"
    assert len({call.headers["webhook-id"] for call in receiver.server.calls}) == 1


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("is_date", [False, True])
async def test_retry_after_is_honoured(
    owner: AsyncClient, installation: Installation, receiver: Receiver, clock: TravelClock, is_date: bool
) -> None:
    hook = await subscribe(owner, receiver)
    asked = format_datetime(clock.now() + timedelta(hours=2)) if is_date else "7200"
    receiver.server.answers = [refusing(429, ("Retry-After", asked))]
    await tell(installation, owner)
    await attempt(installation, owner, await newest(owner, hook), 1)
    wait = _time((await newest(owner, hook))["next_at"]) - clock.now()
    assert timedelta(minutes=118) < wait < timedelta(minutes=121)


async def test_gone_disables_with_a_mail_and_by_hand_it_is_enabled_again(
    owner: AsyncClient, installation: Installation, receiver: Receiver, mails: Outbox
) -> None:
    hook = await subscribe(owner, receiver, description="Leads into the CRM")
    receiver.server.answers = [refusing(410)]
    await tell(installation, owner)
    await tell(installation, owner)
    waiting, first = await deliveries(owner, hook)
    await attempt(installation, owner, first, 1)
    seen = (await owner.get(f"/v1/webhooks/{hook['id']}")).json()
    assert (seen["is_enabled"], seen["disabled_reason"]) == (False, "gone")
    await attempt(installation, owner, waiting, 1)
    assert (await newest(owner, hook))["last_error"] == "The webhook was disabled before this was sent."
    assert len(receiver.server.calls) == 1
    address = (await owner.get("/v1/auth/me")).json()["user"]["email"]
    async with job_context(installation, await tenant_of(owner)) as ctx:
        await notices.send_notice(ctx, WebhookId.parse(hook["id"]))
    [text] = await mails.to(address)
    assert "Leads into the CRM" in text
    assert "410" in text
    assert "for=medea" not in text, "queries of addresses hold tokens"
    refused = await owner.post(f"/v1/webhooks/{hook['id']}/deliveries/{first['id']}/replay")
    problem(refused, 409, "webhooks.disabled")
    async with job_context(installation, await tenant_of(owner)) as ctx:
        assert await publish(ctx, "agent.published", DATA) == 0, "nothing more is sent to it"
    assert (await owner.patch(f"/v1/webhooks/{hook['id']}", json={"is_enabled": True})).json()["is_enabled"]
    since = seen["created_at"]
    answer = await owner.post(f"/v1/webhooks/{hook['id']}/replay", json={"since": since})
    assert answer.json() == {"count": 2, "is_complete": True}
    assert {each["state"] for each in await deliveries(owner, hook)} == {"pending"}


@pytest.mark.parametrize("is_moved", [False, True])
async def test_an_older_try_disables_nothing_that_was_changed_meanwhile(
    owner: AsyncClient, installation: Installation, receiver: Receiver, monkeypatch: Any, is_moved: bool
) -> None:
    """It begins at the old address, and its 410 comes when another is set, or the webhook was enabled anew."""
    hook = await subscribe(owner, receiver)
    path = f"/v1/webhooks/{hook['id']}"
    changes = [{"url": receiver.url + "2"}] if is_moved else [{"is_enabled": False}, {"is_enabled": True}]
    receiver.server.answers = [refusing(410)]
    try_once = delivering._try

    async def change_meanwhile(*arguments: Any) -> Any:
        result = await try_once(*arguments)
        for change in changes:
            assert (await owner.patch(path, json=change)).status_code == 200
        return result

    monkeypatch.setattr(delivering, "_try", change_meanwhile)
    await tell(installation, owner)
    await attempt(installation, owner, await newest(owner, hook), 1)
    assert ((await newest(owner, hook))["state"], (await newest(owner, hook))["last_status"]) == ("failed", 410)
    assert (await owner.get(path)).json()["is_enabled"]
    assert await pending_jobs(installation, await tenant_of(owner), "webhooks.send_notice") == []


async def test_days_of_nothing_but_failures_disable(
    owner: AsyncClient, installation: Installation, receiver: Receiver, clock: TravelClock
) -> None:
    hook = await subscribe(owner, receiver)
    receiver.server.answers = [refusing(500), OK, refusing(500)]

    async def fail() -> dict[str, Any]:
        await tell(installation, owner)
        await attempt(installation, owner, await newest(owner, hook), 1)
        found: dict[str, Any] = (await owner.get(f"/v1/webhooks/{hook['id']}")).json()
        return found

    assert (await fail())["failing_since"] is not None
    clock.advance(days=2)
    assert (await fail())["failing_since"] is None, "one that got through"
    clock.advance(days=2)
    assert (await fail())["is_enabled"]
    clock.advance(days=2, hours=23)
    assert (await fail())["is_enabled"]
    clock.advance(hours=2)
    disabled = await fail()
    assert (disabled["is_enabled"], disabled["disabled_reason"]) == (False, "failing")
    assert len(await pending_jobs(installation, await tenant_of(owner), "webhooks.send_notice")) == 1


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    owner: AsyncClient, installation: Installation, receiver: Receiver, clock: TravelClock
) -> None:
    hook = await subscribe(owner, receiver)
    old = hook["secret"]
    turned = (await owner.post(f"/v1/webhooks/{hook['id']}/secret")).json()
    assert turned["secret"] != old
    assert turned["old_secret_until"] is not None
    await tell(installation, owner)
    await attempt(installation, owner, await newest(owner, hook), 1)
    assert receiver.verified(receiver.server.calls[0], old) == receiver.verified(
        receiver.server.calls[0], turned["secret"]
    )
    clock.advance(days=1, minutes=1)
    await tell(installation, owner)
    await attempt(installation, owner, await newest(owner, hook), 1)
    receiver.verified(receiver.server.calls[1], turned["secret"])
    with pytest.raises(WebhookVerificationError):
        receiver.verified(receiver.server.calls[1], old)


async def test_the_test_button_and_the_list(owner: AsyncClient, working: Installation, receiver: Receiver) -> None:
    hook = await subscribe(owner, receiver)
    for kind in ("webhook.test", "lead.captured"):
        answer = await owner.post(f"/v1/webhooks/{hook['id']}/test", json={"type": kind})
        assert (answer.status_code, answer.json()["event"]["type"]) == (202, kind)
    await until(lambda: len(receiver.server.calls) == 2)
    assert {each["type"] for each in receiver.told} == {"webhook.test", "lead.captured"}

    async def is_done() -> bool:
        return {each["state"] for each in await deliveries(owner, hook)} == {"delivered"}

    await until(is_done)
    [only] = await deliveries(owner, hook, event="lead.captured")
    assert only["event"]["type"] == "lead.captured"
    assert len(await deliveries(owner, hook, limit=1)) == 1


async def test_a_slow_server_delays_nobody_else(
    owner: AsyncClient, stranger: AsyncClient, working: Installation, receiver: Receiver
) -> None:
    """More of one company's deliveries wait than there are places, and all that may hang; another's goes through."""
    object.__setattr__(working.ports.settings.webhooks, "timeout", 600.0)
    receiver.server.respond = lambda call: Answer([Hang()]) if b'"slow"' in call.body else OK
    slow = await subscribe(owner, receiver)
    tenant, worker = await tenant_of(owner), working.ports.settings.worker
    most = int(worker.webhooks * worker.webhooks_tenant_share)
    for _ in range(worker.webhooks + 10):
        async with job_context(working, tenant) as ctx:
            await publish(ctx, "agent.published", {"kind": "slow"})
    await until(lambda: len(receiver.server.calls) == most, seconds=60)
    quick = await subscribe(stranger, receiver)
    async with job_context(working, await tenant_of(stranger)) as ctx:
        ctx.emit(AgentPublished(agent_id=AgentId.new(), version=1))

    async def is_through() -> bool:
        return [each["state"] for each in await deliveries(stranger, quick)] == ["delivered"]

    await until(is_through, seconds=60)
    assert [b'"slow"' in call.body for call in receiver.server.calls].count(True) == most, "those that hang still do"
    assert {each["attempts"] for each in await deliveries(owner, slow, limit=100)} == {0}


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"])
async def test_since_may_be_any_time(owner: AsyncClient, receiver: Receiver, since: str) -> None:
    hook = await subscribe(owner, receiver)
    answer = await owner.post(f"/v1/webhooks/{hook['id']}/replay", json={"since": since})
    assert answer.json() == {"count": 0, "is_complete": True}
