"""Nothing is kept for ever that is of no more use."""

import asyncio
from datetime import timedelta

from httpx2 import AsyncClient

from medea.apps import housekeeping
from medea.apps.bootstrap import Installation
from medea.kernel.bus.inbox import is_first_time
from medea.kernel.ids import ServerId, SessionId, TenantId
from medea.modules.tools.mcp.repository import add_pending
from tests.support.app import TravelClock


async def test_what_has_had_its_day_is_cleared_away(
    installation: Installation, owner: AsyncClient, clock: TravelClock
) -> None:
    ports = installation.ports
    made = [await owner.post("/v1/agents", json={"name": key}, headers={"idempotency-key": key}) for key in "ab"]
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    async with ports.database.transaction(tenant) as sql:
        await is_first_time(sql, tenant, "tests.consumer", "m1")
        await sql.execute("UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'a'")

    await housekeeping.clear_away(ports)
    replayed = await owner.post("/v1/agents", json={"name": "b"}, headers={"idempotency-key": "b"})
    assert replayed.json()["id"] == made[1].json()["id"], "what is fresh stays"
    async with ports.database.transaction(tenant) as sql:
        assert [row["key"] for row in await sql.fetch("SELECT key FROM idempotency_keys")] == ["b"]
        assert not await is_first_time(sql, tenant, "tests.consumer", "m1")
    assert (await owner.get("/v1/auth/me")).status_code == 200

    clock.advance(days=ports.settings.auth.session_days + 1)
    gone = await housekeeping.clear_away(ports)
    assert gone["sessions"] >= 1
    assert gone["messages"] >= 1


async def test_an_oauth_attempt_that_nobody_came_back_from_is_forgotten(
    installation: Installation, owner: AsyncClient, clock: TravelClock
) -> None:
    ports = installation.ports
    tenant = TenantId.parse((await owner.get("/v1/auth/me")).json()["tenant"]["id"])
    body = {"name": "M", "url": "https://mcp.example.org/x", "auth": "oauth"}
    server = ServerId.parse((await owner.post("/v1/mcp-servers", json=body)).json()["id"])
    async with ports.database.transaction(tenant) as sql:
        for state, minutes in ((b"open", 15), (b"over", 1)):
            ends = clock.now() + timedelta(minutes=minutes)
            await add_pending(sql, tenant, state, server, SessionId.new(), b"x", ends)
    clock.advance(minutes=2)
    assert (await housekeeping.clear_away(ports))["mcp_pending"] >= 1
    async with ports.database.transaction(tenant) as sql:
        assert [row["state_hash"] for row in await sql.fetch("SELECT state_hash FROM mcp_pending")] == [b"open"]


async def test_it_is_recurring_work_of_the_installation(working: Installation) -> None:
    assert "housekeeping.clear_away" in {work.name for work in working.jobs.periodic}
    assert working.scheduler is not None
    database = working.ports.database
    await working.scheduler.tick()  # that there is a row for it
    async with database.system() as sql:
        await sql.execute("UPDATE schedules SET next_at = now() WHERE name = 'housekeeping.clear_away'")
    await working.scheduler.tick()
    async with asyncio.timeout(60):
        while await _waiting(working):  # noqa: ASYNC110 - rows have no event
            await asyncio.sleep(0.01)
    async with database.system() as sql:
        job = await sql.fetchval(
            "SELECT last_at IS NOT NULL AND next_at > now() FROM schedules WHERE name = 'housekeeping.clear_away'"
        )
    assert job, "it ran, and will again"


async def _waiting(installation: Installation) -> int:
    async with installation.ports.database.system() as sql:
        found: int = await sql.fetchval("SELECT count(*) FROM jobs WHERE task = 'housekeeping.clear_away'")
    return found


async def test_the_house_is_left_with_its_keeper(working: Installation) -> None:
    await working.close()
    await asyncio.sleep(0)
    assert not {"bus-scheduler", "bus-claim"} & {task.get_name() for task in asyncio.all_tasks()}
