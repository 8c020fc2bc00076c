"""Members: roles, who may change whom, and leaving."""

import asyncio

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.tenancy.people import colleague, membership
from tests.support.app import NewClient, Outbox, problem


async def test_members_are_listed_page_by_page(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    for role in ("admin", "viewer"):
        await colleague(owner, new_client, mails, role)
    everyone = (await owner.get("/v1/members")).json()
    assert [member["role"] for member in everyone["data"]] == ["owner", "admin", "viewer"]
    assert everyone["next_cursor"] is None
    assert set(everyone["data"][0]) == {"id", "user", "role", "created_at"}
    assert set(everyone["data"][0]["user"]) == {"id", "email", "name"}
    paged, cursor = [], None
    for _ in range(3):
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = (await owner.get("/v1/members", params=query)).json()
        paged += page["data"]
        cursor = page["next_cursor"]
    assert (paged, cursor) == (everyone["data"], None)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=WzFd", "cursor=WyJ4Il0", "cursor=%00"]
)
async def test_bad_paging(owner: AsyncClient, query: str) -> None:
    refusal = problem(await owner.get(f"/v1/members?{query}"), 422, "request.invalid")
    assert refusal["errors"][0]["field"] == query.partition("=")[0]


async def test_roles_do_what_they_say(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    calls = {
        "read": ("GET", "/v1/members", None),
        "key": ("POST", "/v1/api-keys", {"name": "K", "kind": "publishable"}),
        "invite": ("POST", "/v1/invitations", {"email": "someone@example.com", "role": "viewer"}),
        "rename": ("PATCH", "/v1/tenant", {"name": "Renamed"}),
        "provider": ("DELETE", "/v1/providers/prv_" + "0" * 32, None),
        "agent": ("POST", "/v1/agents", {"name": "A"}),
        "agents": ("GET", "/v1/agents", None),
    }
    may = {
        "admin": {"read", "key", "invite", "rename", "agent", "agents"},
        "editor": {"read", "agent", "agents"},
        "viewer": {"read", "agents"},
    }
    for role, allowed in may.items():
        client = await colleague(owner, new_client, mails, role)
        assert (await client.get("/v1/auth/me")).json()["role"] == role
        for name, (method, path, body) in calls.items():
            answer = await client.request(method, path, json=body)
            if name in allowed:
                assert answer.status_code in {200, 201}, (role, name, answer.text)
            elif name == "provider" and role == "admin":
                assert answer.status_code == 404
            else:
                assert problem(answer, 403, "auth.forbidden")["required"]


async def test_a_role_holds_from_the_next_request_on(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    client = await colleague(owner, new_client, mails, "viewer")
    problem(await client.post("/v1/agents", json={"name": "A"}), 403, "auth.forbidden")
    member = await membership(client)
    answer = await owner.patch(f"/v1/members/{member['id']}", json={"role": "editor"})
    assert answer.json() == {**member, "role": "editor"}
    assert (await client.post("/v1/agents", json={"name": "A"})).status_code == 201
    await owner.patch(f"/v1/members/{member['id']}", json={"role": "viewer"})
    problem(await client.post("/v1/agents", json={"name": "B"}), 403, "auth.forbidden")


async def test_admins_do_not_touch_owners(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    admin = await colleague(owner, new_client, mails, "admin")
    editor = await colleague(owner, new_client, mails, "editor")
    boss, own, other = [await membership(client) for client in (owner, admin, editor)]
    problem(await admin.patch(f"/v1/members/{boss['id']}", json={"role": "viewer"}), 403, "tenancy.owners_only")
    problem(await admin.delete(f"/v1/members/{boss['id']}"), 403, "tenancy.owners_only")
    problem(await admin.patch(f"/v1/members/{own['id']}", json={"role": "owner"}), 403, "tenancy.owners_only")
    problem(await admin.patch(f"/v1/members/{other['id']}", json={"role": "owner"}), 403, "tenancy.owners_only")
    invitation = {"email": "new-boss@example.com", "role": "owner"}
    problem(await admin.post("/v1/invitations", json=invitation), 403, "tenancy.owners_only")
    sent = (await owner.post("/v1/invitations", json=invitation)).json()
    problem(await admin.delete(f"/v1/invitations/{sent['id']}"), 403, "tenancy.owners_only")
    problem(await admin.post("/v1/invitations", json={**invitation, "role": "viewer"}), 403, "tenancy.owners_only")
    assert (await admin.patch(f"/v1/members/{other['id']}", json={"role": "admin"})).status_code == 200
    assert (await admin.delete(f"/v1/members/{other['id']}")).status_code == 204


async def test_a_company_keeps_an_owner(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    boss = await membership(owner)
    problem(await owner.patch(f"/v1/members/{boss['id']}", json={"role": "admin"}), 409, "tenancy.last_owner")
    problem(await owner.delete(f"/v1/members/{boss['id']}"), 409, "tenancy.last_owner")
    assert (await owner.patch(f"/v1/members/{boss['id']}", json={"role": "owner"})).status_code == 200
    partner = await colleague(owner, new_client, mails, "owner")
    other = await membership(partner)
    answers = await asyncio.gather(
        owner.patch(f"/v1/members/{boss['id']}", json={"role": "admin"}),
        partner.patch(f"/v1/members/{other['id']}", json={"role": "admin"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    roles = [member["role"] for member in (await owner.get("/v1/members")).json()["data"]]
    assert sorted(roles) == ["admin", "owner"]


async def test_the_removed_are_out_at_once(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    client = await colleague(owner, new_client, mails, "admin")
    member = await membership(client)
    assert (await owner.delete(f"/v1/members/{member['id']}")).status_code == 204
    for path in ("/v1/auth/me", "/v1/agents", "/v1/members"):
        problem(await client.get(path), 401, "auth.unauthenticated")
    problem(await owner.delete(f"/v1/members/{member['id']}"), 404, "tenancy.member_not_found")
    login = {"email": member["user"]["email"], "password": "correct horse battery"}
    me = (await client.post("/v1/auth/login", json=login)).json()
    assert (me["role"], me["tenant"]["name"]) == ("owner", "Admin's company")  # one of their own, to go on from
    assert len(me["tenants"]) == 1


async def test_anyone_may_leave_but_not_remove_others(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    viewer = await colleague(owner, new_client, mails, "viewer")
    editor = await colleague(owner, new_client, mails, "editor")
    problem(await editor.delete(f"/v1/members/{(await membership(viewer))['id']}"), 403, "auth.forbidden")
    assert (await viewer.delete(f"/v1/members/{(await membership(viewer))['id']}")).status_code == 204
    problem(await viewer.get("/v1/auth/me"), 401, "auth.unauthenticated")


async def test_other_companies_members_are_not_found(owner: AsyncClient, stranger: AsyncClient) -> None:
    theirs = await membership(stranger)
    problem(await owner.patch(f"/v1/members/{theirs['id']}", json={"role": "viewer"}), 404, "tenancy.member_not_found")
    problem(await owner.delete(f"/v1/members/{theirs['id']}"), 404, "tenancy.member_not_found")
    assert (await membership(stranger)) == theirs


@pytest.mark.parametrize(
    "body", [{"role": "god"}, {"role": None}, {}, {"role": "admin", "x": 1}, {"role": "admin\x00"}]
)
async def test_bad_roles(owner: AsyncClient, body: dict[str, object]) -> None:
    boss = await membership(owner)
    problem(await owner.patch(f"/v1/members/{boss['id']}", json=body), 422, "request.invalid")
