"""Which deliveries of a company go first, and that sending again now sends once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import WebhookId
from medea.modules.webhooks.repository import webhooks
from medea.modules.webhooks.service import delivering
from medea.modules.webhooks.service.publishing import BEHIND, DELIVER, publish
from tests.modules.webhooks.receiving import (
    OK,
    Receiver,
    deliveries,
    id_of,
    job_context,
    pending_jobs,
    refusing,
    subscribe,
    tenant_of,
)


async def written(installation: Installation, client: AsyncClient, known: set[Any]) -> list[dict[str, Any]]:
    """Return the jobs that were written since; note them in `known`."""
    rows = await pending_jobs(installation, await tenant_of(client), DELIVER)
    new = [row for row in rows if row["id"] not in known]
    known |= {row["id"] for row in new}
    return new


async def tell(installation: Installation, client: AsyncClient) -> None:
    async with job_context(installation, await tenant_of(client)) as ctx:
        await publish(ctx, "agent.published", {"version": 1})


async def attempt(installation: Installation, client: AsyncClient, hook: dict[str, Any], number: int) -> None:
    [newest, *_] = await deliveries(client, hook)
    async with job_context(installation, await tenant_of(client)) as ctx:
        await delivering.deliver(ctx, id_of(newest), number)


async def test_what_goes_to_a_server_that_fails_goes_behind_the_companys_others(
    owner: AsyncClient, installation: Installation, receiver: Receiver
) -> None:
    bad, known = await subscribe(owner, receiver), set[Any]()
    await subscribe(owner, receiver)
    await tell(installation, owner)
    assert [job["priority"] for job in await written(installation, owner, known)] == [0, 0]
    receiver.server.answers = [refusing(500), OK]
    await attempt(installation, owner, bad, 1)
    assert [job["priority"] for job in await written(installation, owner, known)] == [BEHIND], "the next try"
    await tell(installation, owner)
    assert sorted(job["priority"] for job in await written(installation, owner, known)) == [BEHIND, 0]
    await attempt(installation, owner, bad, 1)
    await tell(installation, owner)
    assert [job["priority"] for job in await written(installation, owner, known)] == [0, 0], "it is well again"


async def test_one_that_is_sent_again_by_hand_goes_before_many_that_are(
    owner: AsyncClient, installation: Installation, receiver: Receiver
) -> None:
    hook, known = await subscribe(owner, receiver), set[Any]()
    for _ in range(3):
        await tell(installation, owner)
    failed = await deliveries(owner, hook)
    for each in failed:
        async with job_context(installation, await tenant_of(owner)) as ctx:
            await delivering.give_up(ctx, id_of(each), "a fault of ours")
    await written(installation, owner, known)
    path = f"/v1/webhooks/{hook['id']}"
    for _ in range(4):  # a button is pressed more than once
        assert (await owner.post(f"{path}/deliveries/{failed[0]['id']}/replay")).status_code == 202
    assert [job["priority"] for job in await written(installation, owner, known)] == [0]
    assert (await owner.post(f"{path}/replay", json={"since": hook["created_at"]})).json()["count"] == 2
    assert [job["priority"] for job in await written(installation, owner, known)] == [BEHIND, BEHIND]


async def test_of_many_that_get_through_at_once_one_writes_their_webhook(
    owner: AsyncClient, installation: Installation, receiver: Receiver
) -> None:
    hook, tenant, begun = await subscribe(owner, receiver), await tenant_of(owner), datetime(2026, 1, 1, tzinfo=UTC)
    hook_id = WebhookId.parse(hook["id"])

    async def note(seconds: float, *, failed: bool = False) -> tuple[float, bool]:
        async with installation.ports.database.transaction(tenant) as sql:
            if failed:
                await webhooks.note_failure(sql, hook_id, begun + timedelta(seconds=seconds))
            else:
                await webhooks.note_success(sql, hook_id, begun + timedelta(seconds=seconds))
            found = await webhooks.find_webhook(sql, hook_id)
        assert found is not None
        last = (found.last_success_at - begun).total_seconds() if found.last_success_at else -1.0
        return last, found.failing_since is not None

    assert await note(0) == (0, False)
    assert await note(0.5) == (0, False)
    assert await note(2) == (2, False)
    assert await note(2.1, failed=True) == (2, True)
    assert await note(2.2) == (2.2, False), "what ends a failure is always noted"
