"""Invitations: for new and existing accounts, and every link that does not open."""

import asyncio

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.tenancy.people import invitation_token
from tests.support.app import PASSWORD, NewClient, Outbox, TravelClock, fresh_email, problem, sign_up

ACCOUNT = {"name": "New", "password": PASSWORD}


async def test_someone_new_joins(
    owner: AsyncClient, anonymous: AsyncClient, working: Installation, mails: Outbox
) -> None:
    email = fresh_email("new")
    token = await invitation_token(owner, mails, email, "editor")
    text = (await mails.to(email))[0]
    assert "Ada Lovelace invites you to work with Engines as editor" in text
    assert f"http://127.0.0.1:8000/invite?token={token}" in text
    looked_up = (await anonymous.get("/v1/invitations/lookup", params={"token": token})).json()
    assert looked_up == {"tenant_name": "Engines", "email": email, "role": "editor", "has_account": False}
    answer = await anonymous.post("/v1/invitations/register", json={"token": token, **ACCOUNT})
    assert answer.status_code == 201
    me = answer.json()
    assert (me["user"]["email"], me["tenant"]["name"], me["role"]) == (email, "Engines", "editor")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert (await anonymous.get("/v1/auth/me")).json() == me
    assert (await owner.get("/v1/invitations")).json()["data"] == []
    again = await anonymous.post("/v1/invitations/register", json={"token": token, **ACCOUNT})
    problem(again, 404, "tenancy.invitation_not_found")


async def test_someone_with_an_account_joins(
    owner: AsyncClient, anonymous: AsyncClient, working: Installation, mails: Outbox
) -> None:
    email = fresh_email("old")
    before = await sign_up(anonymous, email=email, tenant_name="Own")
    token = await invitation_token(owner, mails, email, "admin")
    assert (await anonymous.get("/v1/invitations/lookup", params={"token": token})).json()["has_account"] is True
    taken = await anonymous.post("/v1/invitations/register", json={"token": token, **ACCOUNT})
    problem(taken, 409, "identity.email_taken")
    me = (await anonymous.post("/v1/invitations/accept", json={"token": token})).json()
    assert (me["tenant"]["name"], me["role"]) == ("Engines", "admin")
    assert [place["name"] for place in me["tenants"]] == ["Own", "Engines"]
    assert me["session"]["id"] == before["session"]["id"]
    assert (await anonymous.get("/v1/members")).status_code == 200
    problem(await anonymous.post("/v1/invitations/accept", json={"token": token}), 404, "tenancy.invitation_not_found")
    again = await owner.post("/v1/invitations", json={"email": email.upper(), "role": "viewer"})
    problem(again, 409, "tenancy.already_member")


async def test_an_invitation_is_for_its_address(
    owner: AsyncClient, stranger: AsyncClient, anonymous: AsyncClient, working: Installation, mails: Outbox
) -> None:
    token = await invitation_token(owner, mails, fresh_email("meant"), "admin")
    answer = await stranger.post("/v1/invitations/accept", json={"token": token})
    problem(answer, 403, "tenancy.invitation_for_another")
    problem(await anonymous.post("/v1/invitations/accept", json={"token": token}), 401, "auth.unauthenticated")
    assert (await stranger.get("/v1/auth/me")).json()["tenant"]["name"] == "Elsewhere"


async def test_a_withdrawn_or_old_link_opens_nothing(
    owner: AsyncClient, anonymous: AsyncClient, working: Installation, mails: Outbox, clock: TravelClock
) -> None:
    withdrawn = await invitation_token(owner, mails, fresh_email("first"), "viewer")
    listed = (await owner.get("/v1/invitations")).json()["data"]
    assert set(listed[0]) == {"id", "email", "role", "created_at", "expires_at", "invited_by"}
    assert listed[0]["invited_by"]["name"] == "Ada Lovelace"
    assert (await owner.delete(f"/v1/invitations/{listed[0]['id']}")).status_code == 204
    problem(await owner.delete(f"/v1/invitations/{listed[0]['id']}"), 404, "tenancy.invitation_not_found")
    old = await invitation_token(owner, mails, fresh_email("second"), "viewer")
    clock.advance(days=8)
    for token in (withdrawn, old):
        answer = await anonymous.get("/v1/invitations/lookup", params={"token": token})
        problem(answer, 404, "tenancy.invitation_not_found")
        answer = await anonymous.post("/v1/invitations/register", json={"token": token, **ACCOUNT})
        problem(answer, 404, "tenancy.invitation_not_found")


async def test_a_second_invitation_replaces_the_first(
    owner: AsyncClient, anonymous: AsyncClient, working: Installation, mails: Outbox
) -> None:
    email = fresh_email("twice")
    first = await invitation_token(owner, mails, email, "viewer")
    await owner.post("/v1/invitations", json={"email": email, "role": "editor"})
    for _ in range(3000):
        if len(await mails.to(email)) == 2:
            break
        await asyncio.sleep(0.02)
    second = await mails.token(email)
    assert len((await owner.get("/v1/invitations")).json()["data"]) == 1
    problem(await anonymous.get("/v1/invitations/lookup", params={"token": first}), 404, "tenancy.invitation_not_found")
    assert (await anonymous.get("/v1/invitations/lookup", params={"token": second})).json()["role"] == "editor"


async def test_a_link_is_used_once(
    owner: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    token = await invitation_token(owner, mails, fresh_email("race"), "viewer")
    answers = await asyncio.gather(
        *(new_client().post("/v1/invitations/register", json={"token": token, **ACCOUNT}) for _ in range(3))
    )
    assert {answer.status_code for answer in answers} <= {201, 404, 409}
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len((await owner.get("/v1/members")).json()["data"]) == 2


async def test_other_companies_invitations_are_not_found(owner: AsyncClient, stranger: AsyncClient) -> None:
    theirs = (await stranger.post("/v1/invitations", json={"email": fresh_email(), "role": "viewer"})).json()
    problem(await owner.delete(f"/v1/invitations/{theirs['id']}"), 404, "tenancy.invitation_not_found")
    assert (await owner.get("/v1/invitations")).json()["data"] == []
    assert len((await stranger.get("/v1/invitations")).json()["data"]) == 1


@pytest.mark.parametrize("token", ["x", "inv_x.y", "a.b", "inv_WyIwIiwiMCJd.AAAA"])
async def test_tokens_that_are_none(anonymous: AsyncClient, token: str) -> None:
    problem(await anonymous.get("/v1/invitations/lookup", params={"token": token}), 404, "tenancy.invitation_not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "x", "role": "viewer"}, "email"),
        ({"email": "a@example.com", "role": "x"}, "role"),
        ({"email": "a@example.com"}, "role"),
        ({"email": "a\x00@example.com", "role": "viewer"}, "email"),
    ],
)
async def test_bad_invitations(owner: AsyncClient, body: dict[str, str], field: str) -> None:
    refusal = problem(await owner.post("/v1/invitations", json=body), 422, "request.invalid")
    assert refusal["errors"][0]["field"] == field


async def test_a_bad_token_is_named(anonymous: AsyncClient) -> None:
    for query in ("", "?token=", "?token=%00", "?token=" + "x" * 501):
        refusal = problem(await anonymous.get(f"/v1/invitations/lookup{query}"), 422, "request.invalid")
        assert refusal["errors"][0]["field"] == "token"


async def test_no_company_mails_without_bound(owner: AsyncClient) -> None:
    body = {"email": fresh_email(), "role": "viewer"}
    codes = [(await owner.post("/v1/invitations", json=body)).status_code for _ in range(101)]
    assert codes == [201] * 100 + [429]
