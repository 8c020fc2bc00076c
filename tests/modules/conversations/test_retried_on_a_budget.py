"""A turn that is tried again gives back what its earlier attempt set aside: once, and before it asks for anything."""

import asyncio
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.ids import AgentId, TenantId, TurnId
from medea.modules.billing import facade as billing
from medea.modules.billing.repository import reservations
from tests.modules.conversations.chatting import open_conversation, publish

LIMIT = 100_000


async def test_what_a_killed_worker_set_aside_is_given_back_once(
    owner: AsyncClient, installation: Installation, monkeypatch: Any
) -> None:
    agent = await publish(owner)
    body = {"name": "All", "scope": "tenant", "period": "month", "limit_tokens": LIMIT}
    budget = f"/v1/budgets/{(await owner.post('/v1/budgets', json=body)).json()['id']}"
    said = await owner.post(f"/v1/conversations/{await open_conversation(owner)}/messages", json={"text": "Hi"})
    turn = TurnId.parse(said.json()["turn_id"])
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    context = Context(installation.ports, system_principal(tenant))
    async with context as ctx:  # a worker began, set all of it aside, and was killed
        await billing.reserve(
            ctx, turn_id=turn, agent_id=AgentId.parse(agent["id"]), end_user=None, tokens=LIMIT, cost_usd=0.0
        )
    assert (await owner.get(budget)).json()["reserved"]["tokens"] == LIMIT
    async with installation.ports.database.system() as sql:
        await sql.execute("UPDATE jobs SET attempts = 1 WHERE tenant_id = $1 AND queue = 'turns'", tenant)
    released, release = list[TurnId](), reservations.release_turn

    async def note(sql: Any, tenant: TenantId, turn: TurnId) -> int:
        released.append(turn)
        return await release(sql, tenant, turn)

    monkeypatch.setattr(reservations, "release_turn", note)
    await installation.start_worker(is_alone=False)
    async with asyncio.timeout(60):
        while (read := (await owner.get(f"/v1/turns/{turn}")).json())["status"] in {"queued", "running"}:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (read["status"], read["attempt"]) == ("completed", 2)
    assert released == [turn]
    found = (await owner.get(budget)).json()
    assert found["reserved"]["tokens"] == 0
    assert 0 < found["used"]["tokens"] < LIMIT
