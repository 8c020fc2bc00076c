"""Who may speak to an agent by the Model Context Protocol, and what is made of messages that come twice."""

import json
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from medea.apps.bootstrap import Installation
from medea.kernel.settings import LimitSettings, Settings
from tests.modules.conversations.chatting import publish
from tests.support.app import NewClient, problem

ACCEPT = {"accept": "application/json, text/event-stream"}
ASK: dict[str, Any] = {"name": "ask", "arguments": {"question": "When are you open?"}}


async def key_of(client: AsyncClient, **fields: Any) -> dict[str, str]:
    """Return headers with a new key."""
    made = await client.post("/v1/api-keys", json={"name": "mcp", "kind": "secret", **fields})
    assert made.status_code == 201, made.text
    return {"authorization": f"Bearer {made.json()['key']}", **ACCEPT}


def call(method: str, number: int = 1, **params: Any) -> dict[str, Any]:
    """Return a request."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def result_of(answer: Response) -> Any:
    """Return the result in an answer, as JSON or as the last of its events."""
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("application/json"):
        return answer.json()["result"]
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")]
    return json.loads(events[-1])["result"]


@pytest.fixture
async def key(chatty: AsyncClient) -> dict[str, str]:
    """Headers with a secret key of the owner."""
    return await key_of(chatty)


async def test_only_a_secret_key_that_may_chat_is_let_in(
    chatty: AsyncClient, anonymous: AsyncClient, key: dict[str, str]
) -> None:
    listing = call("tools/list")
    answer = await anonymous.post("/mcp/helper", json=listing, headers=ACCEPT)
    problem(answer, 401, "auth.unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    problem(await chatty.post("/mcp/helper", json=listing, headers=ACCEPT), 403, "auth.forbidden")
    for fields in ({"kind": "publishable"}, {"scopes": ["agents:read"]}):
        other = await key_of(chatty, **fields)
        assert (await anonymous.post("/mcp/helper", json=listing, headers=other)).status_code == 403, fields
    assert result_of(await anonymous.post("/mcp/helper", json=listing, headers=key))["tools"][0]["name"] == "ask"


async def test_pages_of_other_origins_are_refused(anonymous: AsyncClient, key: dict[str, str]) -> None:
    for origin in ("https://evil.example.com", "null", "http://localhost:8000"):
        answer = await anonymous.post("/mcp/helper", json=call("ping"), headers={**key, "origin": origin})
        problem(answer, 403, "auth.foreign_origin")
    own = {**key, "origin": "http://127.0.0.1:8000"}
    assert result_of(await anonymous.post("/mcp/helper", json=call("ping"), headers=own)) == {}


async def test_drafts_and_other_companies_agents_are_not_found(
    chatty: AsyncClient, stranger: AsyncClient, anonymous: AsyncClient, key: dict[str, str]
) -> None:
    await chatty.post("/v1/agents", json={"name": "Draft", "slug": "draft", "system_prompt": "x"})
    theirs = await key_of(stranger)
    for agent, headers in (("draft", key), ("nobody", key), ("helper", theirs)):
        answer = await anonymous.post(f"/mcp/{agent}", json=call("tools/list"), headers=headers)
        problem(answer, 404, "agents.agent_not_found")


async def test_there_is_no_stream_to_listen_to_and_no_session_to_end(
    anonymous: AsyncClient, key: dict[str, str]
) -> None:
    for method in ("GET", "DELETE"):
        answer = await anonymous.request(method, "/mcp/helper", headers=key)
        problem(answer, 405, "request.method_not_allowed")
        assert answer.headers["allow"] == "POST"


async def test_what_is_no_message_is_refused_in_the_protocols_words(
    anonymous: AsyncClient, key: dict[str, str]
) -> None:
    headers = {**key, "content-type": "application/json"}
    for body, code in {
        b"": -32700, b"{": -32700, b"\xff": -32700, b"[" * 5_000: -32600, b"[]": -32600, b"null": -32600,
        b'{"jsonrpc":"2.0"}': -32600, b'{"jsonrpc":"2.0","id":1,"result":{}}': -32600,
        b'{"method":"ping","id":[]}': -32600,
    }.items():  # fmt: skip
        answer = await anonymous.post("/mcp/helper", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code), body
        assert len(answer.json()["error"]["message"]) < 150


async def test_a_call_that_is_sent_again_finds_the_turn_that_it_began(
    chatty: AsyncClient, anonymous: AsyncClient, key: dict[str, str]
) -> None:
    params: dict[str, Any] = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    }
    opened = await anonymous.post("/mcp/helper", json=call("initialize", **params), headers=key)
    assert result_of(opened)["serverInfo"]["title"] == "Helper"
    session = {**key, "mcp-session-id": opened.headers["mcp-session-id"], "mcp-protocol-version": "2025-11-25"}

    async def ask(headers: dict[str, str], number: int = 7, question: str = "When are you open?") -> Any:
        body = call("tools/call", number, name="ask", arguments={"question": question})
        return result_of(await anonymous.post("/mcp/helper", json=body, headers=headers))["structuredContent"]

    first = await ask(session)
    assert await ask(session) == first
    turns = {first["turn_id"]}
    other = await key_of(chatty)
    for again in (
        await ask(session, 8),
        await ask(session, question="Another one?"),
        await ask({**session, "mcp-session-id": "x"}),
        await ask({**other, "mcp-session-id": session["mcp-session-id"]}),
        await ask(key),
        await ask(key),
    ):
        assert again["turn_id"] not in turns
        turns.add(again["turn_id"])


async def test_one_idempotency_key_is_one_question_and_each_time_the_answer(
    anonymous: AsyncClient, key: dict[str, str]
) -> None:
    async def ask(name: str) -> Any:
        headers = {**key, "idempotency-key": name}
        return result_of(await anonymous.post("/mcp/helper", json=call("tools/call", **ASK), headers=headers))

    first = await ask("one")
    assert "nine to five" in first["content"][0]["text"]
    assert await ask("one") == first
    assert (await ask("another"))["structuredContent"]["turn_id"] != first["structuredContent"]["turn_id"]


async def test_cancelling_what_nobody_called_changes_nothing(anonymous: AsyncClient, key: dict[str, str]) -> None:
    for params in ({"requestId": 9}, {"requestId": None}, {"requestId": [1]}, {}):
        body = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}
        for session in ({}, {"mcp-session-id": "x"}, {"mcp-session-id": "x" * 5_000}):
            answer = await anonymous.post("/mcp/helper", json=body, headers={**key, **session})
            assert (answer.status_code, answer.content) == (202, b""), params


class TestLimits:
    """A key with a rate for chats."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Two questions a minute for a key."""
        limits = LimitSettings(**settings.limits.model_dump() | {"chat_per_key": 2})
        return settings.model_copy(update={"limits": limits})

    async def test_questions_count_as_chats_do_and_nothing_else_does(
        self, owner: AsyncClient, working: Installation, new_client: NewClient
    ) -> None:
        await publish(owner)
        key, program = await key_of(owner), new_client()
        for number in range(4):
            assert result_of(await program.post("/mcp/helper", json=call("tools/list", number), headers=key))
        asked = [
            result_of(await program.post("/mcp/helper", json=call("tools/call", **ASK), headers=key)) for _ in "123"
        ]
        assert [answer["isError"] for answer in asked] == [False, False, True]
        assert "again" in asked[2]["content"][0]["text"]
