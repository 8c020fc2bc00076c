"""Publishing, listing, comparing and restoring versions."""

import asyncio
from typing import Any

import asyncpg
import pytest
from httpx2 import AsyncClient

from tests.modules.agents.test_endpoints import make
from tests.support.app import problem


async def publish(client: AsyncClient, agent: dict[str, Any], note: str | None = None) -> dict[str, Any]:
    answer = await client.post(f"/v1/agents/{agent['id']}/publish", json={"note": note})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def edit(client: AsyncClient, agent: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = await client.patch(f"/v1/agents/{agent['id']}", json=fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_publishing_freezes_the_draft(owner: AsyncClient) -> None:
    agent = await make(owner)
    live = await publish(owner, agent, "first")
    assert (live["published_version"], live["has_unpublished_changes"]) == (1, False)
    assert live["published_at"] is not None
    await edit(owner, agent, system_prompt="You sell tents.")
    version = (await owner.get(f"/v1/agents/{agent['id']}/versions/1")).json()
    me = (await owner.get("/v1/auth/me")).json()["user"]
    assert (version["number"], version["note"], version["is_live"]) == (1, "first", True)
    assert version["created_by"] == {"id": me["id"], "name": me["name"]}
    assert version["config"] == {name: agent[name] for name in version["config"]}
    assert set(version["config"]) == {
        "name",
        "system_prompt",
        "examples",
        "model",
        "temperature",
        "max_output_tokens",
        "greeting",
        "suggested_questions",
        "appearance",
        "retrieval",
        "tools",
        "tool_limits",
        "fallbacks",
        "guardrails",
    }


async def test_publishing_needs_no_body_and_an_unchanged_draft_makes_no_version(owner: AsyncClient) -> None:
    agent = await make(owner)
    first = await owner.post(f"/v1/agents/{agent['slug']}/publish")
    assert first.status_code == 200
    assert await publish(owner, agent, "again") == first.json()
    await edit(owner, agent, greeting="other")
    unchanged = await edit(owner, agent, greeting=agent["greeting"])
    assert unchanged["has_unpublished_changes"] is False
    assert (await publish(owner, agent))["published_version"] == 1
    await edit(owner, agent, description="is not part of a version")
    assert (await publish(owner, agent))["published_version"] == 1


async def test_an_incomplete_draft_is_not_published(owner: AsyncClient) -> None:
    for prompt in (None, "", " \n "):
        agent = await make(owner, system_prompt=prompt)
        refused = problem(await owner.post(f"/v1/agents/{agent['id']}/publish"), 409, "agents.incomplete")
        assert refused["missing"] == ["system_prompt"]
        assert refused["errors"][0]["field"] == "system_prompt"
        assert (await owner.get(f"/v1/agents/{agent['id']}/versions")).json() == {"data": [], "next_cursor": None}


async def test_versions_are_listed_newest_first_in_pages(owner: AsyncClient) -> None:
    agent = await make(owner)
    for number in range(1, 6):
        await edit(owner, agent, greeting=f"greeting {number}")
        await publish(owner, agent, f"note {number}")
    first = (await owner.get(f"/v1/agents/{agent['id']}/versions", params={"limit": 3})).json()
    assert [(v["number"], v["is_live"]) for v in first["data"]] == [(5, True), (4, False), (3, False)]
    query = {"limit": 3, "cursor": first["next_cursor"]}
    rest = (await owner.get(f"/v1/agents/{agent['slug']}/versions", params=query)).json()
    assert ([v["number"] for v in rest["data"]], rest["next_cursor"]) == ([2, 1], None)
    assert rest["data"][0]["config"]["greeting"] == "greeting 2"
    for cursor in ("abc", "WyJhIl0", "WzIxNDc0ODM2NDhd"):
        query = {"cursor": cursor}
        problem(await owner.get(f"/v1/agents/{agent['id']}/versions", params=query), 422, "request.invalid")


async def test_comparing(owner: AsyncClient) -> None:
    agent = await make(owner, temperature=None)
    await publish(owner, agent)
    await edit(owner, agent, temperature=1, appearance={"radius": 5}, examples=[])
    await publish(owner, agent)
    await edit(owner, agent, name="Renamed")
    address = f"/v1/agents/{agent['id']}/versions/compare"
    compared = (await owner.get(address, params={"from": 1, "to": 2})).json()
    assert compared == {
        "from": 1,
        "to": 2,
        "changes": [
            {"field": "examples", "before": agent["examples"], "after": []},
            {"field": "temperature", "before": None, "after": 1.0},
            {"field": "appearance.radius", "before": 4, "after": 5},
        ],
    }
    compared = (await owner.get(address, params={"from": 2, "to": "draft"})).json()
    assert (compared["from"], compared["to"]) == (2, "draft")
    assert compared["changes"] == [{"field": "name", "before": agent["name"], "after": "Renamed"}]
    assert (await owner.get(address, params={"from": "draft", "to": "draft"})).json()["changes"] == []


async def test_comparing_what_is_not_there(owner: AsyncClient) -> None:
    agent = await make(owner)
    await publish(owner, agent)
    address = f"/v1/agents/{agent['id']}/versions/compare"
    bad: list[dict[str, str]] = [
        {"from": "1"},
        {"to": "1"},
        {"from": "0", "to": "1"},
        {"from": "one", "to": "1"},
        {"from": "1", "to": str(2**31)},
    ]
    for query in bad:
        problem(await owner.get(address, params=query), 422, "request.invalid")
    problem(await owner.get(address, params={"from": "1", "to": "2"}), 404, "agents.version_not_found")


async def test_restoring_fills_the_draft_and_changes_nothing_that_is_live(owner: AsyncClient) -> None:
    agent = await make(owner)
    first = await publish(owner, agent)
    await edit(owner, agent, name="Second", system_prompt="second", appearance={"accent": "#123456"})
    await publish(owner, agent)
    restored = (await owner.post(f"/v1/agents/{agent['id']}/versions/1/restore")).json()
    assert {n: restored[n] for n in ("name", "system_prompt", "appearance")} == {
        n: first[n] for n in ("name", "system_prompt", "appearance")
    }
    assert (restored["published_version"], restored["has_unpublished_changes"]) == (2, True)
    again = await publish(owner, agent, "back to the first")
    assert (again["published_version"], again["has_unpublished_changes"]) == (3, False)
    same = await owner.post(f"/v1/agents/{agent['id']}/versions/3/restore")
    assert same.json() == again


async def test_versions_that_are_not_there(owner: AsyncClient) -> None:
    agent = await make(owner)
    await publish(owner, agent)
    for number, status in [("2", 404), ("0", 422), ("-1", 422), ("x", 422), ("9" * 30, 422)]:
        for answer in (
            await owner.get(f"/v1/agents/{agent['id']}/versions/{number}"),
            await owner.post(f"/v1/agents/{agent['id']}/versions/{number}/restore"),
        ):
            problem(answer, status, "agents.version_not_found" if status == 404 else "request.invalid")


async def test_publishing_at_once_makes_one_version(owner: AsyncClient) -> None:
    agent = await make(owner)
    answers = await asyncio.gather(*(owner.post(f"/v1/agents/{agent['id']}/publish") for _ in range(8)))
    assert {(a.status_code, a.json()["published_version"]) for a in answers} == {(200, 1)}
    assert len((await owner.get(f"/v1/agents/{agent['id']}/versions")).json()["data"]) == 1


async def test_agents_made_at_once_get_slugs_of_their_own(owner: AsyncClient) -> None:
    answers = await asyncio.gather(*(owner.post("/v1/agents", json={"name": "Crowd"}) for _ in range(5)))
    assert [a.status_code for a in answers] == [201] * 5
    assert len({a.json()["slug"] for a in answers}) == 5


async def test_the_application_role_cannot_change_a_version(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("SET ROLE medea_app")
        for statement in ("UPDATE agent_versions SET number = 9", "DELETE FROM agent_versions"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()
