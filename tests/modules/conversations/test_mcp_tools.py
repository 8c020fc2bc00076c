"""Tools of MCP servers in turns: called, approved, gone in mid-flight, and told in words where they are not there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.settings import LlmSettings, OutboundSettings, Settings
from tests.modules.conversations.acting import Reply, acting
from tests.modules.conversations.chatting import open_conversation, publish, say, text_of
from tests.modules.tools.mcp.connecting import connect, tools_of
from tests.support.mcp import Running, running
from tests.support.upstream import Upstream, upstream

SCRIPTS: dict[str, Sequence[Sequence[Reply]]] = {
    "where is it": [[[("find_order", {"order_id": "7"})]]],
    "cancel it": [[[("cancel_order", {"order_id": "7"})]]],
    "both": [[[("find_order", {"order_id": "1"}), ("cancel_order", {"order_id": "lost"})]]],
    "wrong": [[[("find_order", {"number": 7})]]],
    "wait": [[[("sleep", {})]]],
}


@pytest.fixture
async def model() -> AsyncIterator[Upstream]:
    """A model that does as it is told."""
    async with upstream(respond=acting(SCRIPTS)) as server:
        yield server


@pytest.fixture
def settings(settings: Settings, model: Upstream) -> Settings:
    """Settings with that model, and a way to this machine."""
    llm = LlmSettings(base_url=f"http://127.0.0.1:{model.port}/v1", default_model="m", max_attempts=1)
    outbound = OutboundSettings(allowed_private_hosts=("127.0.0.1",))
    return settings.model_copy(update={"llm": llm, "outbound": outbound})


@pytest.fixture
async def shop() -> AsyncIterator[Running]:
    """The server whose tools the agent has."""
    async with running() as made:
        yield made


async def equip(client: AsyncClient, shop: Running, **fields: Any) -> dict[str, dict[str, Any]]:
    """Give an agent all tools of a server."""
    server = await connect(client, shop.url, timeout_seconds=0.5)
    tools = await tools_of(client, server)
    await publish(client, tools=[{"name": tool["id"], **fields} for tool in tools.values()])
    return tools


async def frames_of(client: AsyncClient, text: str) -> list[dict[str, Any]]:
    """Say something and return the frames of the answer."""
    return [frame for _, frame in await say(client, await open_conversation(client), text)]


def said(frames: list[dict[str, Any]]) -> str:
    return text_of([("", frame) for frame in frames])


async def test_an_agent_uses_tools_of_a_server(owner: AsyncClient, working: Installation, shop: Running) -> None:
    await equip(owner, shop)
    frames = await frames_of(owner, "where is it")
    assert "sent" in said(frames)
    assert shop.calls == ["find_order"]
    frames = await frames_of(owner, "both")
    assert ("sent" in said(frames), "There is no order lost." in said(frames)) == (True, True)
    frames = await frames_of(owner, "wrong")
    assert "order_id" in said(frames), "arguments are held against the server's schema before it is asked"
    assert shop.calls.count("find_order") == 2


async def test_a_tool_is_approved_first(owner: AsyncClient, working: Installation, shop: Running) -> None:
    await equip(owner, shop, needs_approval=True)
    frames = await frames_of(owner, "cancel it")
    assert [frame["type"] for frame in frames if "approval" in frame["type"]] == ["tool-approval-request"]
    assert shop.calls == []


async def test_a_slow_tool_is_told_of_and_cancelled(owner: AsyncClient, working: Installation, shop: Running) -> None:
    await equip(owner, shop)
    assert "did not answer in time" in said(await frames_of(owner, "wait"))
    async with asyncio.timeout(60):
        while "cancelled" not in shop.calls:  # noqa: ASYNC110 - the server's doing
            await asyncio.sleep(0.01)


async def test_a_turn_goes_on_without_a_server_that_is_gone(owner: AsyncClient, working: Installation) -> None:
    async with running() as shop:
        await equip(owner, shop)
    assert "Shop cannot be used right now" in said(await frames_of(owner, "where is it"))
    found = (await owner.get("/v1/mcp-servers")).json()["data"][0]
    assert (found["state"], found["tools_offered"]) == ("failing", 4)
