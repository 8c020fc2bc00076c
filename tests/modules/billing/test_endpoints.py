"""`/v1/budgets` and `/v1/limits` over HTTP."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.modules.billing.service import budgets
from tests.modules.conversations.chatting import chatty, open_conversation, publish, say
from tests.support.app import WIDGET_ORIGIN, NewClient, Outbox, problem

__all__ = ["chatty"]

BODY = {"name": "All", "scope": "tenant", "period": "month", "limit_usd": 12.5, "limit_tokens": 1_000_000}


async def make(client: AsyncClient, **fields: Any) -> dict[str, Any]:
    made = await client.post("/v1/budgets", json={**BODY, **fields})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def test_a_budget_is_made_read_changed_and_deleted(owner: AsyncClient) -> None:
    made = await make(owner)
    assert made["id"].startswith("bgt_")
    assert (made["used"], made["reserved"]) == ({"usd": 0, "tokens": 0}, {"usd": 0, "tokens": 0})
    assert made["left"] == {"usd": 12.5, "tokens": 1_000_000}
    assert (made["share"], made["unpriced"], made["end_users"]) == (0, "refuse", None)
    assert made["starts_at"].endswith("-01T00:00:00Z")
    assert made["resets_at"] > made["starts_at"]
    path = f"/v1/budgets/{made['id']}"
    assert (await owner.get(path)).json() == made
    changed = (await owner.patch(path, json={"name": "Less", "limit_usd": None, "limit_tokens": 10})).json()
    assert (changed["name"], changed["limit_usd"], changed["limit_tokens"]) == ("Less", None, 10)
    assert [budget["id"] for budget in (await owner.get("/v1/budgets")).json()["data"]] == [made["id"]]
    assert (await owner.delete(path)).status_code == 204
    problem(await owner.get(path), 404, "billing.budget_not_found")
    problem(await owner.delete(path), 404, "billing.budget_not_found")


async def test_an_agents_budget_goes_with_the_agent(
    owner: AsyncClient, stranger: AsyncClient, installation: Installation
) -> None:
    agent = await publish(owner)
    made = await make(owner, scope="agent", agent_id=agent["id"])
    assert made["agent_id"] == agent["id"]
    problem(
        await stranger.post("/v1/budgets", json={**BODY, "scope": "agent", "agent_id": agent["id"]}),
        404,
        "billing.agent_not_found",
    )
    await installation.start_worker(is_alone=False)
    await owner.delete(f"/v1/agents/{agent['id']}")
    async with asyncio.timeout(60):
        while (await owner.get(f"/v1/budgets/{made['id']}")).status_code != 404:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"limit_usd": None, "limit_tokens": None}, "limit_usd"),
        ({"limit_usd": 0}, "limit_usd"),
        ({"limit_tokens": -1}, "limit_tokens"),
        ({"limit_usd": 1e12}, "limit_usd"),
        ({"scope": "agent"}, "agent_id"),
        ({"scope": "tenant", "agent_id": "agt_" + "0" * 32}, "agent_id"),
        ({"scope": "planet"}, "scope"),
        ({"period": "year"}, "period"),
        ({"name": ""}, "name"),
        ({"currency": "EUR"}, "currency"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(owner: AsyncClient, fields: dict[str, Any], field: str) -> None:
    answer = await owner.post("/v1/budgets", json={**BODY, **fields})
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_the_last_limit_cannot_be_taken_away(owner: AsyncClient) -> None:
    made = await make(owner, limit_tokens=None)
    problem(await owner.patch(f"/v1/budgets/{made['id']}", json={"limit_usd": None}), 422, "billing.budget_invalid")


async def test_there_are_not_too_many(owner: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "MOST_BUDGETS", 3)
    answers = await asyncio.gather(*(owner.post("/v1/budgets", json=BODY) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 3


async def test_pages_of_the_list(owner: AsyncClient) -> None:
    made = [(await make(owner, name=f"B{number}"))["id"] for number in range(5)]
    first = (await owner.get("/v1/budgets", params={"limit": 3})).json()
    rest = (await owner.get("/v1/budgets", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [budget["id"] for budget in first["data"] + rest["data"]] == made
    assert rest["next_cursor"] is None
    assert (await owner.get("/v1/budgets", params={"cursor": "nonsense"})).status_code == 422


async def test_viewers_look_and_keys_need_the_scope(owner: AsyncClient, new_client: NewClient) -> None:
    key = await owner.post("/v1/api-keys", json={"name": "K", "kind": "secret", "scopes": ["billing:read"]})
    client = new_client(headers={"authorization": f"Bearer {key.json()['key']}"})
    assert (await client.get("/v1/budgets")).status_code == 200
    assert (await client.get("/v1/limits")).status_code == 200
    problem(await client.post("/v1/budgets", json=BODY), 403, "auth.forbidden")


async def test_visitors_are_counted_for_themselves(chatty: AsyncClient, new_client: NewClient) -> None:
    budget = await make(chatty, scope="end_user", period="day", limit_usd=None, limit_tokens=400)
    page = new_client(WIDGET_ORIGIN, headers={"origin": WIDGET_ORIGIN})
    key = (await chatty.post("/v1/api-keys", json={"name": "Site", "kind": "publishable"})).json()["key"]
    told: list[list[str]] = []
    for _ in range(2):
        opened = await page.post(
            "/v1/widget/sessions", json={"agent": "helper"}, headers={"authorization": f"Bearer {key}"}
        )
        page.cookies.clear()
        visitor = new_client(headers={"authorization": f"Bearer {opened.json()['token']}"})
        conversation = await open_conversation(visitor)
        answers = [await say(visitor, conversation) for _ in range(8)]
        told.append(["error" if any(f["type"] == "error" for _, f in frames) else "text" for frames in answers])
    assert told[0] == told[1]
    assert told[0][0] == "text"
    assert told[0][-1] == "error"
    found = (await chatty.get(f"/v1/budgets/{budget['id']}")).json()
    assert (found["end_users"]["seen"], len(found["end_users"]["top"])) == (2, 2)
    assert all(one["end_user"].startswith("vis_") for one in found["end_users"]["top"])
    assert found["used"]["tokens"] <= 400
    assert await say(chatty, await open_conversation(chatty)), "the tenant's own people are no visitors"


async def test_owners_are_written_to_once_at_eighty_percent(chatty: AsyncClient, mails: Outbox) -> None:
    await publish(chatty, slug="brief", max_output_tokens=64)
    conversation = await open_conversation(chatty, "brief")
    await say(chatty, conversation)
    [_, reply] = (await chatty.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    taken = reply["usage"]["input_tokens"] + reply["usage"]["output_tokens"]
    budget = await make(chatty, name="Slim", limit_usd=None, limit_tokens=taken * 10)
    address = (await chatty.get("/v1/auth/me")).json()["user"]["email"]
    for _ in range(7):
        await say(chatty, await open_conversation(chatty, "brief"))
    assert await mails.to(address) == []
    for _ in range(2):
        await say(chatty, await open_conversation(chatty, "brief"))
    assert (await chatty.get(f"/v1/budgets/{budget['id']}")).json()["share"] == pytest.approx(0.9)
    async with asyncio.timeout(60):
        while not (sent := await mails.to(address)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    [text] = sent
    assert "“Slim” of Engines (for all assistants) is at 80 %" in text
    assert f"{taken * 8:,} of {taken * 10:,} tokens" in text or f"{taken * 9:,} of {taken * 10:,} tokens" in text
    assert "/dashboard/settings/limits" in text
