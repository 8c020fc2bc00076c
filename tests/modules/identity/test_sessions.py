"""Sessions: listing, ending, expiry, and what a cookie is worth afterwards."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.authenticator import Credential
from tests.support.app import PASSWORD, NewClient, TravelClock, fresh_email, problem, sign_up


async def two_places(new_client: NewClient) -> tuple[AsyncClient, AsyncClient]:
    email = fresh_email()
    first, second = new_client(headers={"user-agent": "First/1"}), new_client(headers={"user-agent": "Second/2"})
    await sign_up(first, email=email)
    assert (await second.post("/v1/auth/login", json={"email": email, "password": PASSWORD})).status_code == 200
    return first, second


async def test_sessions_are_listed_newest_first(new_client: NewClient) -> None:
    first, _ = await two_places(new_client)
    answer = (await first.get("/v1/auth/sessions")).json()
    assert answer["next_cursor"] is None
    assert [(s["user_agent"], s["is_current"]) for s in answer["data"]] == [("Second/2", False), ("First/1", True)]
    assert set(answer["data"][0]) == {
        "id", "created_at", "last_seen_at", "expires_at", "user_agent", "ip", "is_current",
    }  # fmt: skip
    assert answer["data"][0]["ip"] == "127.0.0.1"
    assert answer["data"][0]["created_at"].endswith("Z")


async def test_sessions_come_in_pages(new_client: NewClient) -> None:
    email, seen = fresh_email(), list[str]()
    first = new_client()
    await sign_up(first, email=email)
    for _ in range(2):
        await new_client().post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    page: dict[str, Any] = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        after = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        page = (await first.get("/v1/auth/sessions", params={"limit": 2, **after})).json()
        seen += [session["id"] for session in page["data"]]
    assert seen == [session["id"] for session in (await first.get("/v1/auth/sessions")).json()["data"]]
    assert len(seen) == len(set(seen)) == 3
    for cursor in ("nonsense", "WyJ4Il0", "WzFd"):
        problem(await first.get("/v1/auth/sessions", params={"cursor": cursor}), 422, "request.invalid")


async def test_ending_one_session_ends_it_at_once(new_client: NewClient) -> None:
    first, second = await two_places(new_client)
    assert (await second.get("/v1/auth/me")).status_code == 200  # remembered from now on
    other = next(s for s in (await first.get("/v1/auth/sessions")).json()["data"] if not s["is_current"])
    assert (await first.delete(f"/v1/auth/sessions/{other['id']}")).status_code == 204
    problem(await second.get("/v1/auth/me"), 401, "auth.unauthenticated")
    problem(await first.delete(f"/v1/auth/sessions/{other['id']}"), 404, "identity.session_not_found")
    assert (await first.get("/v1/auth/me")).status_code == 200


async def test_nobody_ends_the_sessions_of_others(owner: AsyncClient, stranger: AsyncClient) -> None:
    theirs = (await stranger.get("/v1/auth/me")).json()["session"]["id"]
    problem(await owner.delete(f"/v1/auth/sessions/{theirs}"), 404, "identity.session_not_found")
    assert (await stranger.get("/v1/auth/me")).status_code == 200


@pytest.mark.parametrize("wrong", ["ses_1", "x", "usr_" + "0" * 32, "ses_" + "g" * 32, "%00", "ses_" + "0" * 33])
async def test_what_is_no_session_id(owner: AsyncClient, wrong: str) -> None:
    problem(await owner.delete(f"/v1/auth/sessions/{wrong}"), 422, "request.invalid")


async def test_ending_all_others(new_client: NewClient) -> None:
    first, second = await two_places(new_client)
    await second.get("/v1/auth/me")
    assert (await first.delete("/v1/auth/sessions")).status_code == 204
    problem(await second.get("/v1/auth/me"), 401, "auth.unauthenticated")
    assert len((await first.get("/v1/auth/sessions")).json()["data"]) == 1


async def test_logging_out(owner: AsyncClient) -> None:
    token = owner.cookies["medea_session"]
    answer = await owner.post("/v1/auth/logout")
    assert answer.status_code == 204
    assert 'medea_session=""' in answer.headers["set-cookie"]
    assert "medea_session" not in owner.cookies
    owner.cookies.set("medea_session", token, domain="127.0.0.1", path="/")
    problem(await owner.get("/v1/auth/me"), 401, "auth.unauthenticated")
    assert (await owner.post("/v1/auth/logout")).status_code == 204


async def test_logging_out_without_a_session(anonymous: AsyncClient) -> None:
    assert (await anonymous.post("/v1/auth/logout")).status_code == 204


async def test_a_session_ends_after_its_days(owner: AsyncClient, clock: TravelClock) -> None:
    assert (await owner.get("/v1/auth/me")).status_code == 200
    clock.advance(days=29, hours=23)
    assert (await owner.get("/v1/auth/me")).status_code == 200
    clock.advance(hours=2)
    problem(await owner.get("/v1/auth/me"), 401, "auth.unauthenticated")


async def test_when_it_was_seen_is_noted(owner: AsyncClient, clock: TravelClock) -> None:
    before = (await owner.get("/v1/auth/sessions")).json()["data"][0]
    clock.advance(minutes=5)
    # a new cookie is looked up, which notes that the session was seen
    await owner.post("/v1/auth/switch", json={"tenant_id": (await owner.get("/v1/auth/me")).json()["tenant"]["id"]})
    after = (await owner.get("/v1/auth/sessions")).json()["data"][0]
    assert after["id"] == before["id"]
    assert after["last_seen_at"] > before["last_seen_at"]


@pytest.mark.parametrize("cookie", ["", "x", "mds_x", "mds_" + "a" * 5000, "\u00e9"])
async def test_cookies_that_are_none(anonymous: AsyncClient, cookie: str) -> None:
    answer = await anonymous.get("/v1/auth/me", headers={b"cookie": f"medea_session={cookie}".encode()})
    problem(answer, 401, "auth.unauthenticated")


async def test_a_stale_cookie_does_not_keep_anyone_from_logging_in(anonymous: AsyncClient) -> None:
    email = fresh_email()
    await sign_up(anonymous, email=email)
    await anonymous.delete("/v1/auth/sessions")
    anonymous.cookies.set("medea_session", "mds_stale", domain="127.0.0.1", path="/")
    answer = await anonymous.post(
        "/v1/auth/login", json={"email": email, "password": PASSWORD}, headers={"idempotency-key": "k"}
    )
    assert answer.status_code == 200


async def test_a_remembered_session_costs_no_query(owner: AsyncClient, installation: Installation) -> None:
    authenticator, ports = installation.authenticator, installation.ports
    credential = Credential(session=owner.cookies["medea_session"])
    known = await authenticator.authenticate(credential)
    assert known is not None
    await ports.database.close()  # whoever asks the database from here on fails
    assert await authenticator.authenticate(credential) == known
