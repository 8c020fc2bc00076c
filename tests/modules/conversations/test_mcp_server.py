"""Agents as servers of the Model Context Protocol, spoken to by the SDK's own client in both eras of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from httpx2 import ASGITransport, AsyncClient
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult, TextContent, TextResourceContents

from medea.apps.api.application import attach, make_app
from medea.apps.bootstrap import Installation, open_installation
from medea.apps.monitoring.monitor import Monitor
from medea.kernel.settings import Settings
from medea.modules.tenancy.facade import make_authenticator
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import publish
from tests.modules.conversations.documents import base
from tests.support.app import ORIGIN
from tests.support.models import provided_by
from tests.support.upstream import Answer, Call, Hang, Send, chunk, event

__all__ = ["base"]

ERAS = ["2026-07-28", "legacy"]
SUGGESTED = ["When are you open?"]
SCRIPTS: dict[str, Any] = {"add": [["Let me see.", [("calculator", {"expression": "20 * 1.19"})]]]}
Connect = Callable[..., AbstractAsyncContextManager[Client]]


def respond(call: Call) -> Answer:
    """Answer for a model that never ends when it is told to think."""
    if call.json["messages"][-1]["content"] == "think":
        return Answer([Send(event(chunk("Well, "))), Hang()])
    return acting(SCRIPTS)(call)


models, settings = provided_by(respond)


async def secret_key(client: AsyncClient, *scopes: str) -> str:
    """Make a secret key with these scopes."""
    body = {"name": "mcp", "kind": "secret", "scopes": list(scopes) or ["conversations:chat", "knowledge:read"]}
    made = await client.post("/v1/api-keys", json=body)
    assert made.status_code == 201, made.text
    key: str = made.json()["key"]
    return key


@pytest.fixture
async def shop(owner: AsyncClient, working: Installation) -> AsyncClient:
    """An owner with a published agent that calculates."""
    tools = [{"name": "calculator", "needs_approval": False}]
    await publish(owner, tools=tools, suggested_questions=SUGGESTED)
    return owner


@asynccontextmanager
async def connected(url: str, key: str, era: str) -> AsyncIterator[Client]:
    """Connect as a program does that has the address and a key."""
    async with (
        httpx2.AsyncClient(headers={"authorization": f"Bearer {key}"}, timeout=30) as http,
        Client(streamable_http_client(url, http_client=http), mode=era) as client,
    ):
        yield client


@pytest.fixture
async def connect(shop: AsyncClient, live: str) -> Connect:
    """Connect to one of the owner's agents."""
    key = await secret_key(shop)

    def make(era: str, agent: str = "helper", key: str = key) -> AbstractAsyncContextManager[Client]:
        return connected(f"{live}/mcp/{agent}", key, era)

    return make


def text_in(part: Any) -> str:
    """Return the text of a part of a result."""
    assert isinstance(part, TextContent | TextResourceContents)
    return part.text


def said(result: CallToolResult) -> str:
    """Return what a call gave, as text."""
    (part,) = result.content
    return text_in(part)


@pytest.mark.parametrize("era", ERAS)
async def test_a_question_is_answered_with_progress_and_kept(connect: Connect, shop: AsyncClient, era: str) -> None:
    told: list[tuple[float, str | None]] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        assert total is None
        told.append((progress, message))

    async with connect(era) as client:
        assert client.server_info is None or client.server_info.title == "Helper"
        (tool,) = (await client.list_tools()).tools
        assert (tool.name, tool.input_schema["required"]) == ("ask", ["question"])
        first = await client.call_tool("ask", {"question": "add"}, progress_callback=on_progress)
        answer = first.structured_content
        assert (first.is_error, answer["status"]) == (False, "completed")
        assert answer["answer"] == said(first)
        assert "23.8" in answer["answer"]
        words = "".join(message or "" for _, message in told)
        assert words == answer["answer"].replace("Let me see.", "Let me see.\n[Using calculator.]\n")
        assert [done for done, _ in told] == sorted({done for done, _ in told})
        again = {"question": "add", "conversation_id": answer["conversation_id"]}
        assert (await client.call_tool("ask", again)).structured_content["conversation_id"] == answer["conversation_id"]
    (kept,) = (await shop.get("/v1/conversations", params={"channel": "mcp"})).json()["data"]
    assert (kept["id"], kept["message_count"]) == (answer["conversation_id"], 4)


@pytest.mark.parametrize("era", ERAS)
async def test_who_stops_waiting_stops_the_turn(connect: Connect, shop: AsyncClient, era: str) -> None:
    begun = asyncio.Event()

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        assert (progress, total, message) == (6, None, "Well, ")
        begun.set()

    async with connect(era) as client:
        call = asyncio.create_task(client.call_tool("ask", {"question": "think"}, progress_callback=on_progress))
        async with asyncio.timeout(60):
            await begun.wait()
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            assert await cancelled(shop) == "Well, "


async def cancelled(client: AsyncClient) -> str:
    """Wait until the reply in the owner's only conversation is cancelled, and return its text."""
    (found,) = (await client.get("/v1/conversations")).json()["data"]
    reply: dict[str, Any] = {}
    while reply.get("status") != "cancelled":
        await asyncio.sleep(0.05)
        reply = (await client.get(f"/v1/conversations/{found['id']}/messages")).json()["data"][-1]
    return str(reply["text"])


@pytest.mark.parametrize("era", ERAS)
async def test_what_the_agent_waits_for_is_said(connect: Connect, shop: AsyncClient, era: str) -> None:
    await publish(shop, slug="careful", tools=[{"name": "calculator", "needs_approval": True}])
    async with connect(era, "careful") as client:
        asked = await client.call_tool("ask", {"question": "add"})
    answer = asked.structured_content
    assert (asked.is_error, answer["status"], answer["answer"]) == (False, "waiting", "Let me see.")
    (wanted,) = answer["waits_for"]
    assert (wanted["tool"], wanted["wants"]) == ("calculator", "approval")
    assert "approval for calculator" in said(asked)
    body = {"tool_call_id": wanted["tool_call_id"], "approved": False}
    assert (await shop.post(f"/v1/turns/{answer['turn_id']}/approvals", json=body)).status_code == 202


async def test_any_process_stops_a_call(shop: AsyncClient, live: str, settings: Settings, database_url: str) -> None:
    """The earlier era: the cancelling message is a request of its own, and may come to another process."""
    headers = {"authorization": f"Bearer {await secret_key(shop)}", "accept": "application/json, text/event-stream"}
    message = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "call-1"}}
    params = {"name": "ask", "arguments": {"question": "think"}, "_meta": {"progressToken": 1}}
    call = {"jsonrpc": "2.0", "method": "tools/call", "id": "call-1", "params": params}
    session = {**headers, "mcp-session-id": "made-by-the-first-process"}
    other = await open_installation(settings, database_url)
    app = make_app(settings)
    attach(app, other.ports, make_authenticator(other.ports), Monitor(other, "all"))
    async with (
        asyncio.timeout(60),
        httpx2.AsyncClient(headers=session, timeout=60) as first,
        AsyncClient(transport=ASGITransport(app), base_url=ORIGIN, headers=session) as second,
        first.stream("POST", f"{live}/mcp/helper", json=call) as answer,
    ):
        lines = answer.aiter_lines()
        assert "Well, " in await anext(line async for line in lines if "progress" in line)
        assert (await second.post("/mcp/helper", json=message)).status_code == 202
        assert "cancelled" in await anext(line async for line in lines if "result" in line)
    await other.close()
    assert await cancelled(shop) == "Well, "


@pytest.mark.parametrize("era", ERAS)
async def test_what_cannot_be_is_said_in_words_that_a_model_reads(connect: Connect, era: str) -> None:
    async with connect(era) as client:
        unknown = await client.call_tool("ask", {"question": "add", "conversation_id": "cnv_" + "0" * 32})
        assert (unknown.is_error, said(unknown)) == (True, "There is no such conversation.")
        for arguments in ({}, {"question": ""}, {"question": "   "}, {"question": "a", "colour": "red"}):
            refused = await client.call_tool("ask", arguments)
            assert refused.is_error, arguments
        with pytest.raises(MCPError, match="There is no tool"):
            await client.call_tool("teleport", {})
        with pytest.raises(MCPError):
            await client.list_resources()


@pytest.mark.parametrize("era", ERAS)
async def test_suggested_questions_are_prompts(connect: Connect, era: str) -> None:
    async with connect(era) as client:
        (prompt,) = (await client.list_prompts()).prompts
        assert (prompt.name, prompt.title) == ("question-1", SUGGESTED[0])
        (message,) = (await client.get_prompt("question-1")).messages
        assert (message.role, text_in(message.content)) == ("user", SUGGESTED[0])
        with pytest.raises(MCPError, match="no prompt"):
            await client.get_prompt("question-2")


@pytest.mark.parametrize("era", ERAS)
async def test_documents_are_resources_for_keys_that_may_read_them(
    connect: Connect, shop: AsyncClient, base: str, live: str, era: str
) -> None:
    await publish(shop, slug="reader", retrieval={"knowledge_bases": [base]})
    async with connect(era, "reader") as client:
        (document,) = (await client.list_resources()).resources
        assert document.name == "terms.md"
        (text,) = (await client.read_resource(document.uri)).contents
        assert "Boots can be returned" in text_in(text)
        (rest,) = (await client.read_resource(f"{document.uri}?from=20")).contents
        assert text_in(text)[20:] == text_in(rest)
        for unknown in ("medea://documents/doc_" + "0" * 32, "medea://documents/x", "file:///etc/passwd"):
            with pytest.raises(MCPError, match="no such document"):
                await client.read_resource(unknown)
        (template,) = (await client.list_resource_templates()).resource_templates
        assert template.uri_template.startswith("medea://documents/")
    async with connect(era, "reader", await secret_key(shop, "conversations:chat")) as client:
        with pytest.raises(MCPError):
            await client.list_resources()
    await publish(shop, slug="forgetful")
    async with connect(era, "forgetful") as client:
        with pytest.raises(MCPError):
            await client.read_resource(document.uri)
