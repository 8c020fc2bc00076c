"""Changing and resetting a password."""

import asyncio

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.support.app import PASSWORD, NewClient, Outbox, TravelClock, fresh_email, problem, sign_up

NEW = "another good password"


async def log_in(client: AsyncClient, email: str, password: str) -> int:
    return (await client.post("/v1/auth/login", json={"email": email, "password": password})).status_code


async def wait_for_mail(mails: Outbox, address: str, count: int = 1) -> list[str]:
    for _ in range(3000):
        found = await mails.to(address)
        if len(found) >= count:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"no mail to {address}")


async def forgotten(client: AsyncClient, mails: Outbox, email: str) -> str:
    before = len(await mails.to(email))
    answer = await client.post("/v1/auth/password/forgot", json={"email": email})
    assert (answer.status_code, answer.json()) == (202, {})
    await wait_for_mail(mails, email, before + 1)
    return await mails.token(email)


async def test_changing_it_ends_every_other_session(new_client: NewClient) -> None:
    email = fresh_email()
    here, there = new_client(), new_client()
    me = await sign_up(here, email=email)
    assert await log_in(there, email, PASSWORD) == 200
    await there.get("/v1/auth/me")
    old = here.cookies["medea_session"]
    answer = await here.post("/v1/auth/password/change", json={"current_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 204
    assert here.cookies["medea_session"] != old
    assert (await here.get("/v1/auth/me")).json()["session"]["id"] == me["session"]["id"]
    problem(await there.get("/v1/auth/me"), 401, "auth.unauthenticated")
    there.cookies.set("medea_session", old, domain="127.0.0.1", path="/")
    problem(await there.get("/v1/auth/me"), 401, "auth.unauthenticated")
    fresh = new_client()
    assert await log_in(fresh, email, PASSWORD) == 401
    assert await log_in(fresh, email, NEW) == 200


async def test_changing_it_needs_the_present_one(owner: AsyncClient) -> None:
    answer = await owner.post("/v1/auth/password/change", json={"current_password": "not it", "new_password": NEW})
    assert problem(answer, 422, "identity.wrong_password")["errors"] == [
        {
            "field": "current_password",
            "message": "must be the password that you log in with now",
            "code": "wrong_password",
        }
    ]
    answer = await owner.post("/v1/auth/password/change", json={"current_password": PASSWORD, "new_password": "z" * 12})
    assert problem(answer, 422, "identity.weak_password")["errors"][0]["field"] == "new_password"
    answer = await owner.post("/v1/auth/password/change", json={"current_password": PASSWORD, "new_password": "short"})
    assert problem(answer, 422, "request.invalid")["errors"][0]["field"] == "new_password"


async def test_a_stolen_session_does_not_guess_the_password(owner: AsyncClient) -> None:
    guess = {"current_password": "a guess", "new_password": NEW}
    codes = [(await owner.post("/v1/auth/password/change", json=guess)).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


async def test_the_mailed_link_sets_a_new_one(
    anonymous: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox
) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    client = new_client()
    token = await forgotten(client, mails, email)
    assert f"http://127.0.0.1:8000/reset?token={token}" in (await mails.to(email))[0]
    reset = {"token": token, "new_password": NEW}
    assert (await client.post("/v1/auth/password/reset", json=reset)).status_code == 204
    problem(await anonymous.get("/v1/auth/me"), 401, "auth.unauthenticated")
    assert await log_in(client, email, PASSWORD) == 401
    assert await log_in(client, email, NEW) == 200
    problem(await client.post("/v1/auth/password/reset", json=reset), 422, "identity.reset_link_invalid")


async def test_a_link_ends_with_time_and_with_another_change(
    anonymous: AsyncClient, new_client: NewClient, working: Installation, mails: Outbox, clock: TravelClock
) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    client = new_client()
    first = await forgotten(client, mails, email)
    second = await forgotten(client, mails, email)
    assert first != second
    change = {"current_password": PASSWORD, "new_password": NEW}
    assert (await anonymous.post("/v1/auth/password/change", json=change)).status_code == 204
    third = await forgotten(client, mails, email)
    for token in (first, second):
        answer = await client.post("/v1/auth/password/reset", json={"token": token, "new_password": NEW})
        problem(answer, 422, "identity.reset_link_invalid")
    clock.advance(minutes=61)
    answer = await client.post("/v1/auth/password/reset", json={"token": third, "new_password": NEW})
    problem(answer, 422, "identity.reset_link_invalid")


async def test_a_weak_password_leaves_the_link_usable(
    anonymous: AsyncClient, working: Installation, mails: Outbox
) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    token = await forgotten(anonymous, mails, email)
    answer = await anonymous.post("/v1/auth/password/reset", json={"token": token, "new_password": email})
    problem(answer, 422, "identity.weak_password")
    answers = await asyncio.gather(
        *(anonymous.post("/v1/auth/password/reset", json={"token": token, "new_password": NEW}) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422]


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    anonymous: AsyncClient, working: Installation, mails: Outbox
) -> None:
    email, nobody = fresh_email(), fresh_email("nobody")
    await sign_up(anonymous, email=email)
    known = await anonymous.post("/v1/auth/password/forgot", json={"email": email})
    unknown = await anonymous.post("/v1/auth/password/forgot", json={"email": nobody})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    await wait_for_mail(mails, email)
    assert await mails.to(nobody) == []


async def test_nobodys_inbox_is_flooded(
    anonymous: AsyncClient, working: Installation, mails: Outbox, new_client: NewClient
) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    for _ in range(8):
        assert (await anonymous.post("/v1/auth/password/forgot", json={"email": email})).status_code == 202
    await wait_for_mail(mails, email, 5)
    await asyncio.sleep(0.2)
    assert len(await mails.to(email)) == 5


@pytest.mark.parametrize("token", ["x", "pwr_x.y", "pwr_WyIwIl0.AAAA", "a.b.c", "é", "pwr_" + "A" * 400, "\x00"])
async def test_tokens_that_are_none(anonymous: AsyncClient, token: str) -> None:
    answer = await anonymous.post("/v1/auth/password/reset", json={"token": token, "new_password": NEW})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "token"


async def test_people_rename_themselves(owner: AsyncClient) -> None:
    answer = await owner.patch("/v1/auth/me", json={"name": " Countess "})
    assert answer.json()["user"]["name"] == "Countess"
    problem(await owner.patch("/v1/auth/me", json={"name": ""}), 422, "request.invalid")
    problem(await owner.patch("/v1/auth/me", json={"name": "x", "email": "a@b.de"}), 422, "request.invalid")
