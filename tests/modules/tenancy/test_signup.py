"""Signing up and logging in: what is made, and every refusal."""

import asyncio
import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from medea.apps.bootstrap import Installation
from tests.support.app import ORIGIN, PASSWORD, WIDGET_ORIGIN, NewClient, fresh_email, problem, sign_up


def body(**fields: Any) -> dict[str, Any]:
    return {"email": fresh_email(), "password": PASSWORD, "name": "Ada", "tenant_name": "Engines", **fields}


async def test_signing_up_makes_person_company_and_session(anonymous: AsyncClient, installation: Installation) -> None:
    email = fresh_email()
    me = await sign_up(anonymous, email=email, name="  Ada  ", tenant_name="Ada's Engines & Söhne")
    assert (me["user"]["email"], me["user"]["name"], me["role"]) == (email, "Ada", "owner")
    assert me["tenant"]["name"] == "Ada's Engines & Söhne"
    assert me["tenant"]["slug"].startswith("ada-s-engines-sohne")
    assert me["tenants"] == [{**me["tenant"], "role": "owner"}]
    assert me["scopes"] == sorted(installation.ports.scopes.of_role(me["role"]))
    assert (await anonymous.get("/v1/auth/me")).json() == me
    tenant = (await anonymous.get("/v1/tenant")).json()
    assert {**me["tenant"], "created_at": tenant["created_at"]} == tenant


async def test_the_cookie_is_for_the_browser_alone(anonymous: AsyncClient) -> None:
    answer = await anonymous.post("/v1/auth/signup", json=body())
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("medea_session=mds_")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "expires="):
        assert part in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie  # the dashboard's origin is http here
    assert "mds_" not in answer.text


@pytest.mark.parametrize("write", [str.upper, str.title, lambda email: f"  {email} "])
async def test_an_address_has_one_account_however_it_is_written(
    anonymous: AsyncClient, new_client: NewClient, write: Any
) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    again = problem(
        await new_client().post("/v1/auth/signup", json=body(email=write(email))), 409, "identity.email_taken"
    )
    assert again["errors"][0]["field"] == "email"
    answer = await new_client().post("/v1/auth/login", json={"email": write(email), "password": PASSWORD})
    assert answer.status_code == 200


async def test_of_two_sign_ups_at_once_one_wins(new_client: NewClient) -> None:
    email = fresh_email()
    answers = await asyncio.gather(
        *(new_client().post("/v1/auth/signup", json=body(email=email, name=f"N{n}")) for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    winner = next(answer for answer in answers if answer.status_code == 201)
    for loser in answers:
        if loser is not winner:
            problem(loser, 409, "identity.email_taken")
            assert "set-cookie" not in loser.headers


async def test_companies_of_one_name_get_slugs_of_their_own(new_client: NewClient) -> None:
    slugs = {(await sign_up(new_client(), tenant_name="東京"))["tenant"]["slug"] for _ in range(3)}
    assert len(slugs) == 3
    assert all(slug.startswith("company") for slug in slugs)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a@b.de\x00"}, "email"),
        ({"email": "a" * 300 + "@example.com"}, "email"),
        ({"email": None}, "email"),
        ({"email": ["a@example.com"]}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"password": "has a \x00 in it"}, "password"),
        ({"password": "has a \ud800 in it"}, "password"),
        ({"password": 12345678901}, "password"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "N\x00L"}, "name"),
        ({"tenant_name": "\ud83d"}, "tenant_name"),
        ({"tenant_name": ""}, "tenant_name"),
        ({"is_admin": True}, "is_admin"),
    ],
)
async def test_bad_fields_are_named(anonymous: AsyncClient, fields: dict[str, Any], field: str) -> None:
    answer = await anonymous.post(
        "/v1/auth/signup", content=json.dumps(body(**fields)), headers={"content-type": "application/json"}
    )
    refusal = problem(answer, 422, "request.invalid")
    assert [error["field"] for error in refusal["errors"]] == [field]
    assert "\\ud800" not in answer.text


@pytest.mark.parametrize("content", ["", "[]", "null", "{", '"x"', "\x00", "{}"])
async def test_bodies_that_are_none(anonymous: AsyncClient, content: str) -> None:
    for path in ("signup", "login", "switch", "password/forgot", "password/reset", "password/change"):
        answer = await anonymous.post(f"/v1/auth/{path}", content=content, headers={"content-type": "application/json"})
        assert answer.status_code in {401, 422}, path
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "somebody-weak@example.com", "SOMEBODY-WEAK", "              "])
async def test_passwords_that_are_guessed_first(anonymous: AsyncClient, password: str) -> None:
    answer = await anonymous.post("/v1/auth/signup", json=body(email="somebody-weak@example.com", password=password))
    refusal = problem(answer, 422, "identity.weak_password")
    assert refusal["errors"][0]["field"] == "password"


async def test_logging_in_says_the_same_of_a_wrong_password_and_an_unknown_address(
    anonymous: AsyncClient, new_client: NewClient
) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    client = new_client()
    wrong = await client.post("/v1/auth/login", json={"email": email, "password": "another password"})
    unknown = await client.post("/v1/auth/login", json={"email": fresh_email(), "password": "another password"})
    first, second = (problem(answer, 401, "identity.login_failed") for answer in (wrong, unknown))
    assert first.pop("request_id") != second.pop("request_id")
    assert first == second
    assert "set-cookie" not in wrong.headers
    problem(await client.get("/v1/auth/me"), 401, "auth.unauthenticated")


async def test_logging_in_again_ends_the_session_before(anonymous: AsyncClient) -> None:
    email = fresh_email()
    first = await sign_up(anonymous, email=email)
    old = anonymous.cookies["medea_session"]
    answer = await anonymous.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.json()["session"]["id"] != first["session"]["id"]
    assert anonymous.cookies["medea_session"] != old
    anonymous.cookies.set("medea_session", old, domain="127.0.0.1", path="/")
    problem(await anonymous.get("/v1/auth/me"), 401, "auth.unauthenticated")


async def test_guessing_is_stopped_with_word_when_to_go_on(anonymous: AsyncClient, new_client: NewClient) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    client = new_client()
    guess = {"email": email, "password": "a guess of it"}
    for _ in range(10):
        problem(await client.post("/v1/auth/login", json=guess), 401, "identity.login_failed")
    answer = await client.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    problem(answer, 429, "limits.too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-limit"] == "10"
    assert answer.headers["ratelimit-remaining"] == "0"
    assert int(answer.headers["ratelimit-reset"]) > 0
    other = await client.post("/v1/auth/login", json={"email": fresh_email(), "password": PASSWORD})
    problem(other, 401, "identity.login_failed")


async def test_many_addresses_from_one_place_are_stopped_too(anonymous: AsyncClient) -> None:
    answers = [
        (await anonymous.post("/v1/auth/password/forgot", json={"email": fresh_email()})).status_code for _ in range(12)
    ]
    assert answers == [202] * 10 + [429] * 2


@pytest.mark.parametrize("origin", ["https://evil.example", "null", WIDGET_ORIGIN])
@pytest.mark.parametrize("path", ["signup", "login", "password/reset"])
async def test_no_other_website_logs_its_visitors_in(anonymous: AsyncClient, origin: str, path: str) -> None:
    fields = {
        "signup": body(),
        "login": {"email": fresh_email(), "password": PASSWORD},
        "password/reset": {"token": "x", "new_password": PASSWORD},
    }
    answer = await anonymous.post(f"/v1/auth/{path}", json=fields[path], headers={"origin": origin})
    problem(answer, 403, "auth.foreign_origin")


async def test_a_session_is_used_from_its_own_pages_only(owner: AsyncClient) -> None:
    rename = {"name": "Renamed"}
    for origin in ("https://evil.example", "null", WIDGET_ORIGIN, "http://127.0.0.1:8001"):
        problem(await owner.patch("/v1/tenant", json=rename, headers={"origin": origin}), 403, "auth.foreign_origin")
    answer = await owner.post("/v1/auth/logout", headers={"origin": "https://evil.example"})
    problem(answer, 403, "auth.foreign_origin")
    answer = await owner.patch("/v1/tenant", json=rename, headers={"origin": "http://127.0.0.1:8000"})
    assert answer.json()["name"] == "Renamed"
    assert (await owner.get("/v1/tenant", headers={"origin": "https://evil.example"})).status_code == 200


async def test_a_subscriber_with_many_addresses_is_one(app: FastAPI) -> None:
    """Every subscriber of IPv6 has a /64, and another address for each request."""
    statuses = []
    for number in range(12):
        transport = ASGITransport(app, client=(f"2a00:1450:4001:80b::{number:x}", 1))
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            answer = await client.post("/v1/auth/password/forgot", json={"email": fresh_email()})
        statuses.append(answer.status_code)
    assert statuses == [202] * 10 + [429] * 2
