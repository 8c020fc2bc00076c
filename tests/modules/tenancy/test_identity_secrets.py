"""What a company signs identity tokens with: who sees it, when it changes, where it is kept."""

import asyncio
import dataclasses

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import ANONYMOUS
from medea.kernel.cache.memory import MemoryCaches
from medea.kernel.context import Context
from medea.kernel.ids import TenantId
from medea.modules.tenancy.facade import find_identity_secret
from tests.modules.tenancy.people import colleague
from tests.support.app import NewClient, Outbox, TravelClock, problem

URL = "/v1/tenant/identity"


async def tenant_of(client: AsyncClient) -> TenantId:
    return TenantId.parse((await client.get("/v1/tenant")).json()["id"])


async def test_it_is_made_when_first_asked_for(owner: AsyncClient, installation: Installation) -> None:
    ctx = Context(installation.ports, ANONYMOUS, tenant_id=await tenant_of(owner))
    assert await find_identity_secret(ctx) is None
    answers = await asyncio.gather(*(owner.get(URL) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1, "all who ask at once are shown the same"
    assert answers[0].headers["cache-control"] == "no-store"
    identity = answers[0].json()
    assert set(identity) == {"secret", "created_at"}
    assert identity["secret"].startswith("ids_")
    assert len(identity["secret"]) == len("ids_") + 43, "32 random bytes"
    assert await find_identity_secret(ctx) == identity["secret"]


async def test_another_one_takes_its_place_everywhere(
    owner: AsyncClient, installation: Installation, clock: TravelClock
) -> None:
    elsewhere = dataclasses.replace(installation.ports, caches=MemoryCaches(installation.signals), _made={})
    tenant = await tenant_of(owner)
    contexts = [Context(ports, ANONYMOUS, tenant_id=tenant) for ports in (installation.ports, elsewhere)]
    first = (await owner.get(URL)).json()
    assert [await find_identity_secret(ctx) for ctx in contexts] == [first["secret"]] * 2
    clock.advance(minutes=1)
    second = await owner.post(f"{URL}/rotate")
    assert second.status_code == 200
    assert second.headers["cache-control"] == "no-store"
    assert second.json()["secret"] != first["secret"]
    assert second.json()["created_at"] > first["created_at"]
    assert (await owner.get(URL)).json() == second.json()
    assert [await find_identity_secret(ctx) for ctx in contexts] == [second.json()["secret"]] * 2


async def test_a_first_secret_may_come_by_rotating(owner: AsyncClient) -> None:
    rotated = await owner.post(f"{URL}/rotate")
    assert (await owner.get(URL)).json() == rotated.json()


async def test_a_rotation_sent_twice_rotates_once(owner: AsyncClient) -> None:
    answers = [await owner.post(f"{URL}/rotate", headers={"idempotency-key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json() == (await owner.get(URL)).json()


async def test_only_who_may_change_the_company_sees_it(
    owner: AsyncClient, working: Installation, new_client: NewClient, mails: Outbox
) -> None:
    admin = await colleague(owner, new_client, mails, "admin")
    assert (await admin.get(URL)).json() == (await owner.get(URL)).json()
    for role in ("editor", "viewer"):
        client = await colleague(owner, new_client, mails, role)
        assert problem(await client.get(URL), 403, "auth.forbidden")["required"] == "tenancy:write"
        problem(await client.post(f"{URL}/rotate"), 403, "auth.forbidden")
    usual = (await owner.post("/v1/api-keys", json={"name": "Usual", "kind": "secret"})).json()["key"]
    public = (await owner.post("/v1/api-keys", json={"name": "Public", "kind": "publishable"})).json()["key"]
    for key in (usual, public):
        client = new_client(headers={"authorization": f"Bearer {key}"})
        problem(await client.get(URL), 403, "auth.forbidden")
        problem(await client.post(f"{URL}/rotate"), 403, "auth.forbidden")
    problem(await new_client().get(URL), 401, "auth.unauthenticated")


async def test_companies_have_different_ones(owner: AsyncClient, stranger: AsyncClient) -> None:
    secrets = [(await client.get(URL)).json()["secret"] for client in (owner, stranger)]
    assert len(set(secrets)) == 2
    await owner.post(f"{URL}/rotate")
    assert (await stranger.get(URL)).json()["secret"] == secrets[1]


async def test_it_is_encrypted_where_it_is_kept(owner: AsyncClient, installation: Installation) -> None:
    secret = (await owner.get(URL)).json()["secret"]
    async with installation.ports.database.transaction(await tenant_of(owner)) as sql:
        kept = await sql.fetchval("SELECT secret_ciphertext FROM identity_secrets")
    assert secret.encode() not in kept
    assert secret.encode()[4:20] not in kept


async def test_remembered_it_costs_no_query(owner: AsyncClient, installation: Installation) -> None:
    ctx = Context(installation.ports, ANONYMOUS, tenant_id=await tenant_of(owner))
    secret = (await owner.get(URL)).json()["secret"]
    assert await find_identity_secret(ctx) == secret
    await installation.ports.database.close()  # whoever asks it from here on fails
    assert await find_identity_secret(ctx) == secret


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_it_cannot_be_chosen(owner: AsyncClient, method: str) -> None:
    problem(await owner.request(method, URL, json={"secret": "ids_mine"}), 405, "request.method_not_allowed")
