"""Visitors of websites: sessions, origins, and that they never see one another."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.support.app import ORIGIN, WIDGET_ORIGIN, NewClient, TravelClock, problem

SHOP = "https://shop.example.com"


async def make_key(owner: AsyncClient, **fields: Any) -> str:
    """Make a publishable key."""
    body = {"name": "Shop", "kind": "publishable", "allowed_origins": [SHOP], **fields}
    answer = await owner.post("/v1/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["key"]
    return key


async def open_session(client: AsyncClient, key: str | None, origin: str | None = SHOP, **fields: Any) -> Any:
    """Ask for a visitor session."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    if origin:
        headers["origin"] = origin
    return await client.post("/v1/widget/sessions", json={"agent": "helper", **fields}, headers=headers)


async def visitor(new_client: NewClient, key: str, **fields: Any) -> tuple[AsyncClient, dict[str, Any]]:
    """Return a visitor's client and the session it was given."""
    answer = await open_session(new_client(WIDGET_ORIGIN), key, **fields)
    assert answer.status_code == 201, answer.text
    session = answer.json()
    return new_client(WIDGET_ORIGIN, headers={"authorization": f"Bearer {session['token']}"}), session


async def test_a_visitor_chats_and_comes_back(chatty: AsyncClient, new_client: NewClient) -> None:
    key = await make_key(chatty)
    client, session = await visitor(new_client, key)
    assert session["config"]["title"] == "Helper"
    assert session["conversation"] is None
    conversation = await open_conversation(client)
    await say(client, conversation)
    again, second = await visitor(new_client, key, resume_token=session["resume_token"])
    assert second["visitor_id"] == session["visitor_id"]
    assert second["conversation"]["id"] == conversation
    assert second["conversation"]["channel"] == "widget"
    assert len((await again.get(f"/v1/conversations/{conversation}/messages")).json()["data"]) == 2
    listed = (await chatty.get("/v1/conversations")).json()["data"]
    assert listed[0]["visitor_id"] == session["visitor_id"]


async def test_the_cookie_of_the_widgets_origin_recognises_the_visitor(
    chatty: AsyncClient, new_client: NewClient
) -> None:
    key = await make_key(chatty)
    browser = new_client(WIDGET_ORIGIN.replace("http", "https"))
    first = await open_session(browser, key, WIDGET_ORIGIN)
    cookie = first.headers["set-cookie"]
    for part in ("__Host-medea_visitor_", "Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert part in cookie
    second = await open_session(browser, key, WIDGET_ORIGIN)
    assert second.json()["visitor_id"] == first.json()["visitor_id"]
    elsewhere = await open_session(new_client(), key, SHOP)
    assert "set-cookie" not in elsewhere.headers, "a page of the shop's own gets the token only"


async def test_visitors_do_not_see_one_another(chatty: AsyncClient, new_client: NewClient) -> None:
    key = await make_key(chatty)
    ann, _ = await visitor(new_client, key)
    bob, _ = await visitor(new_client, key)
    conversation = await open_conversation(ann)
    turn = (await say(ann, conversation))[0][1]["messageMetadata"]["turn_id"]
    messages = (await ann.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    url = f"/v1/conversations/{conversation}"
    missing = "conversations.conversation_not_found"
    assert (await bob.get("/v1/conversations")).json()["data"] == []
    problem(await bob.get(url), 404, missing)
    problem(await bob.get(f"{url}/messages"), 404, missing)
    problem(await bob.patch(url, json={"title": "mine"}), 404, missing)
    problem(await bob.post(f"{url}/messages", json={"text": "Hello"}), 404, missing)
    for path in ("", "/stream"):
        problem(await bob.get(f"/v1/turns/{turn}{path}"), 404, "conversations.turn_not_found")
    for path in ("/cancel", "/regenerate"):
        problem(await bob.post(f"/v1/turns/{turn}{path}"), 404, "conversations.turn_not_found")
    problem(await bob.post(f"/v1/messages/{messages[1]['id']}/feedback", json={"rating": "up"}), 404,
            "conversations.message_not_found")  # fmt: skip


async def test_a_visitor_may_do_nothing_but_chat_with_its_agent(chatty: AsyncClient, new_client: NewClient) -> None:
    await publish(chatty, "other")
    client, _ = await visitor(new_client, await make_key(chatty))
    conversation = await open_conversation(client)
    problem(await client.get("/v1/agents"), 403, "auth.forbidden")
    problem(await client.get("/v1/api-keys"), 403, "auth.forbidden")
    problem(await client.get(f"/v1/conversations/{conversation}/events"), 403, "auth.forbidden")
    problem(await client.post("/v1/conversations", json={"agent": "other"}), 404, "agents.agent_not_found")
    problem(await client.post("/v1/conversations", json={"agent": "helper", "draft": True}), 403, "auth.forbidden")


async def test_sessions_are_for_allowed_websites_only(chatty: AsyncClient, new_client: NewClient) -> None:
    key = await make_key(chatty)
    client = new_client(WIDGET_ORIGIN)
    for origin in ("https://evil.example.com", "http://shop.example.com", f"{SHOP}.evil.com", "null", ORIGIN):
        problem(await open_session(client, key, origin), 403, "tenancy.origin_not_allowed")
    assert (await open_session(client, key, WIDGET_ORIGIN)).status_code == 201, "our own frame"
    anywhere = await make_key(chatty, allowed_origins=[])
    assert (await open_session(client, anywhere, "https://evil.example.com")).status_code == 201


async def test_a_hosted_page_needs_no_key_but_a_name_that_is_clear(
    chatty: AsyncClient, stranger: AsyncClient, new_client: NewClient
) -> None:
    slug = "unlike-any-other"
    await publish(chatty, slug)
    client = new_client(WIDGET_ORIGIN)
    assert (await open_session(client, None, WIDGET_ORIGIN, agent=slug)).status_code == 201
    problem(await open_session(client, None, SHOP, agent=slug), 403, "conversations.publishable_key_required")
    problem(await open_session(client, None, None, agent=slug), 403, "conversations.publishable_key_required")
    problem(await open_session(client, None, WIDGET_ORIGIN, agent="nobody-has-this"), 404, "agents.agent_not_found")
    await publish(stranger, slug)
    problem(await open_session(client, None, WIDGET_ORIGIN, agent=slug), 409, "conversations.agent_ambiguous")


@pytest.mark.parametrize("kind", ["garbage", "secret", "revoked"])
async def test_other_credentials_open_no_session(chatty: AsyncClient, new_client: NewClient, kind: str) -> None:
    client = new_client(WIDGET_ORIGIN)
    if kind == "garbage":
        problem(await open_session(client, "pk_nonsense", WIDGET_ORIGIN), 401, "auth.unauthenticated")
    elif kind == "secret":
        made = await chatty.post("/v1/api-keys", json={"name": "s", "kind": "secret"})
        answer = await open_session(client, made.json()["key"], WIDGET_ORIGIN)
        problem(answer, 403, "conversations.publishable_key_required")
    else:
        made = await chatty.post("/v1/api-keys", json={"name": "s", "kind": "publishable"})
        await chatty.delete(f"/v1/api-keys/{made.json()['id']}")
        problem(await open_session(client, made.json()["key"], WIDGET_ORIGIN), 401, "auth.unauthenticated")


async def test_a_session_ends(chatty: AsyncClient, new_client: NewClient, clock: TravelClock) -> None:
    client, _ = await visitor(new_client, await make_key(chatty))
    assert (await client.get("/v1/conversations")).status_code == 200
    clock.advance(hours=2)
    problem(await client.get("/v1/conversations"), 401, "auth.unauthenticated")


async def test_another_tenants_resume_token_is_nobody(
    chatty: AsyncClient, stranger: AsyncClient, new_client: NewClient
) -> None:
    _, session = await visitor(new_client, await make_key(chatty))
    await publish(stranger)
    _, other = await visitor(new_client, await make_key(stranger), resume_token=session["resume_token"])
    assert other["visitor_id"] != session["visitor_id"]
