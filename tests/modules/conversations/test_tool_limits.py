"""How far one agent may go with tools, within what the installation lets any."""

from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.conversations.chatting import open_conversation, publish, say
from tests.modules.conversations.test_tools import models, outputs, settings
from tests.support.app import problem
from tests.support.upstream import Upstream

__all__ = ["models", "settings"]

TOOLS = [{"name": "calculator"}]


@pytest.mark.parametrize(
    ("limits", "steps"),
    [({}, 8), ({"max_steps": 3}, 3), ({"max_steps": 1, "max_seconds": 100}, 1), ({"max_seconds": 0.000001}, 1)],
)
async def test_an_agents_turn_ends_where_its_bound_is(
    owner: AsyncClient, working: Installation, models: Upstream, limits: dict[str, Any], steps: int
) -> None:
    await publish(owner, tools=TOOLS, tool_limits=limits)
    frames = await say(owner, await open_conversation(owner), "for ever")
    assert len(outputs(frames)) == steps
    last = models.calls[-1].json
    assert last["tool_choice"] == "none"
    assert any("No more tools" in str(message["content"]) for message in last["messages"])
    assert frames[-1][1]["type"] == "finish"


async def test_bounds_change_one_by_one_and_are_frozen_with_a_version(owner: AsyncClient) -> None:
    agent = await publish(owner, tools=TOOLS, tool_limits={"max_steps": 3})
    path = f"/v1/agents/{agent['id']}"
    changed = (await owner.patch(path, json={"tool_limits": {"max_seconds": 20, "max_cost_usd": 0.5}})).json()
    assert changed["tool_limits"] == {"max_steps": 3, "max_seconds": 20, "max_cost_usd": 0.5}
    assert changed["has_unpublished_changes"]
    cleared = (await owner.patch(path, json={"tool_limits": {"max_steps": None}})).json()["tool_limits"]
    assert cleared == {"max_steps": None, "max_seconds": 20, "max_cost_usd": 0.5}
    reset = (await owner.patch(path, json={"tool_limits": None})).json()["tool_limits"]
    assert set(reset.values()) == {None}
    (version,) = (await owner.get(f"{path}/versions")).json()["data"]
    frozen = (await owner.get(f"{path}/versions/{version['number']}")).json()
    assert frozen["config"]["tool_limits"]["max_steps"] == 3


@pytest.mark.parametrize(
    ("limits", "field", "words"),
    [
        ({"max_steps": 9}, "tool_limits.max_steps", "at most 8 on this installation"),
        ({"max_seconds": 121}, "tool_limits.max_seconds", "at most 120 on this installation"),
        ({"max_cost_usd": 1.5}, "tool_limits.max_cost_usd", "at most 1 on this installation"),
        ({"max_steps": 0}, "tool_limits.max_steps", ""),
        ({"max_seconds": -1}, "tool_limits.max_seconds", ""),
        ({"max_days": 1}, "tool_limits.max_days", ""),
    ],
)
async def test_no_agent_may_do_more_than_the_installation_lets_any(
    owner: AsyncClient, limits: dict[str, Any], field: str, words: str
) -> None:
    body = {"name": "Helper", "system_prompt": "Help.", "tool_limits": limits}
    (fault,) = problem(await owner.post("/v1/agents", json=body), 422, "request.invalid")["errors"]
    assert fault["field"] == field
    assert words in fault["message"]
    told = (await owner.get("/v1/tool-settings")).json()["turn_limits"]
    assert told == {"max_steps": 8, "max_seconds": 120, "max_cost_usd": 1}
