"""Visitors whom a company's own server vouches for."""

import json
import logging
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.kernel.auth.test_identity_token import sign
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.modules.conversations.test_visitors import make_key, open_session, visitor
from tests.support.app import WIDGET_ORIGIN, NewClient, TravelClock, problem

INVALID = "conversations.identity_token_invalid"


async def secret_of(client: AsyncClient) -> str:
    secret: str = (await client.get("/v1/tenant/identity")).json()["secret"]
    return secret


async def token_for(client: AsyncClient, subject: str = "ann@example.com", **claims: Any) -> str:
    """Return an identity token as the company's server signs it."""
    return sign({"sub": subject, **claims}, await secret_of(client))


async def test_a_user_is_the_same_visitor_on_every_device(chatty: AsyncClient, new_client: NewClient) -> None:
    key, token = await make_key(chatty), await token_for(chatty)
    phone, first = await visitor(new_client, key, identity_token=token)
    conversation = await open_conversation(phone)
    await say(phone, conversation)
    laptop, second = await visitor(new_client, key, identity_token=await token_for(chatty, exp=4_000_000_000))
    assert second["visitor_id"] == first["visitor_id"]
    assert second["conversation"]["id"] == conversation
    assert len((await laptop.get(f"/v1/conversations/{conversation}/messages")).json()["data"]) == 2
    other, third = await visitor(new_client, key, identity_token=await token_for(chatty, "bob@example.com"))
    assert third["visitor_id"] != first["visitor_id"]
    assert third["conversation"] is None
    problem(await other.get(f"/v1/conversations/{conversation}"), 404, "conversations.conversation_not_found")


async def test_the_identity_wins_over_who_the_browser_was(chatty: AsyncClient, new_client: NewClient) -> None:
    key = await make_key(chatty)
    browser = new_client(WIDGET_ORIGIN.replace("http", "https"))
    stranger = (await open_session(browser, key, WIDGET_ORIGIN)).json()
    given = {"resume_token": stranger["resume_token"]}
    ann = (await open_session(browser, key, WIDGET_ORIGIN, identity_token=await token_for(chatty), **given)).json()
    bob = await open_session(browser, key, WIDGET_ORIGIN, identity_token=await token_for(chatty, "bob"), **given)
    assert len({stranger["visitor_id"], ann["visitor_id"], bob.json()["visitor_id"]}) == 3


@pytest.mark.parametrize("way", ["token", "cookie"])
async def test_a_resume_token_does_not_make_an_identified_visitor(
    chatty: AsyncClient, new_client: NewClient, way: str
) -> None:
    key, token = await make_key(chatty), await token_for(chatty)
    browser = new_client(WIDGET_ORIGIN.replace("http", "https"))
    ann = (await open_session(browser, key, WIDGET_ORIGIN, identity_token=token)).json()
    kept = {"resume_token": ann["resume_token"]} if way == "token" else {}
    if way == "token":
        browser.cookies.clear()
    after = (await open_session(browser, key, WIDGET_ORIGIN, **kept)).json()
    assert after["visitor_id"] != ann["visitor_id"], "whoever finds the browser later is nobody"
    assert after["conversation"] is None
    bob = await open_session(browser, key, WIDGET_ORIGIN, identity_token=await token_for(chatty, "bob"), **kept)
    assert bob.json()["visitor_id"] != ann["visitor_id"]
    again = await open_session(browser, key, WIDGET_ORIGIN, identity_token=token, **kept)
    assert again.json()["visitor_id"] == ann["visitor_id"]
    resumed = await open_session(new_client(), key, resume_token=after["resume_token"])
    assert resumed.json()["visitor_id"] == after["visitor_id"], "who is nobody in particular comes back as ever"


async def test_identities_are_their_companys(chatty: AsyncClient, stranger: AsyncClient, new_client: NewClient) -> None:
    await publish(stranger)
    keys = [await make_key(client) for client in (chatty, stranger)]
    tokens = [await token_for(client) for client in (chatty, stranger)]
    visitors = [await visitor(new_client, key, identity_token=t) for key, t in zip(keys, tokens, strict=True)]
    assert visitors[0][1]["visitor_id"] != visitors[1][1]["visitor_id"]
    answer = await open_session(new_client(), keys[1], identity_token=tokens[0])
    assert problem(answer, 422, INVALID)["errors"][0]["code"] == "signature"


async def test_tokens_that_prove_nothing_open_no_session(
    chatty: AsyncClient, new_client: NewClient, clock: TravelClock
) -> None:
    key = await make_key(chatty)
    answer = await open_session(new_client(), key, identity_token=sign({"sub": "ann"}))
    assert problem(answer, 422, INVALID)["errors"][0]["code"] == "no_secret"
    secret, now = await secret_of(chatty), int(clock.now().timestamp())
    for token, code in (
        (sign({"sub": "ann"}), "signature"),
        (sign({"sub": "ann"}, secret, alg="none"), "signature"),
        (sign({"sub": "ann"}, secret, alg="HS512", digest="sha512"), "signature"),
        (sign({"sub": "ann", "exp": now - 60}, secret), "expired"),
        (sign({"name": "Ann"}, secret), "subject"),
        ("", "signature"),
    ):
        answer = await open_session(new_client(), key, identity_token=token)
        assert [(e["field"], e["code"]) for e in problem(answer, 422, INVALID)["errors"]] == [("identity_token", code)]
    long = await open_session(new_client(), key, identity_token=sign({"sub": "ann", "name": "n" * 4_000}, secret))
    assert problem(long, 422, "request.invalid")["errors"][0]["field"] == "identity_token"
    lasting = sign({"sub": "ann", "exp": now + 600}, secret)
    assert (await open_session(new_client(), key, identity_token=lasting)).status_code == 201
    clock.advance(minutes=11)
    problem(await open_session(new_client(), key, identity_token=lasting), 422, INVALID)


async def test_a_rotated_secret_ends_the_tokens_of_before_but_not_the_visitors(
    chatty: AsyncClient, new_client: NewClient
) -> None:
    key, token = await make_key(chatty), await token_for(chatty)
    _, before = await visitor(new_client, key, identity_token=token)
    await chatty.post("/v1/tenant/identity/rotate")
    problem(await open_session(new_client(), key, identity_token=token), 422, INVALID)
    _, after = await visitor(new_client, key, identity_token=await token_for(chatty))
    assert after["visitor_id"] == before["visitor_id"]


async def test_a_foreign_website_learns_nothing_by_a_token(chatty: AsyncClient, new_client: NewClient) -> None:
    key, token = await make_key(chatty), await token_for(chatty)
    for given in (token, "garbage"):
        answer = await open_session(new_client(), key, "https://evil.example.com", identity_token=given)
        problem(answer, 403, "tenancy.origin_not_allowed")


async def test_who_the_user_is_stays_in_the_token(
    chatty: AsyncClient, new_client: NewClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    key = await make_key(chatty)
    subject = "subject-that-nobody-logs"
    client, session = await visitor(new_client, key, identity_token=await token_for(chatty, subject, name=subject))
    conversation = await open_conversation(client)
    await say(client, conversation)
    refused = sign({"sub": subject, "exp": 1}, await secret_of(chatty))
    answer = await open_session(new_client(), key, identity_token=refused)
    shown = [
        json.dumps(session),
        answer.text,
        caplog.text,
        *capfd.readouterr(),
        (await chatty.get("/v1/conversations")).text,
        (await chatty.get(f"/v1/conversations/{conversation}/events")).text,
    ]
    assert [text for text in shown if subject in text] == []
    assert session["visitor_id"] in shown[-1]
