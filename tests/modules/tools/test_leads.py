"""What visitors filled in, over the API: lists, tables, deletion."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.scopes import Role
from medea.kernel.ids import AgentId, ConversationId, LeadId, TenantId, TurnId
from tests.support.app import problem

AGENTS = (AgentId.new(), AgentId.new())
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
Captured = list[dict[str, Any]]


async def capture(
    installation: Installation, client: AsyncClient, *answers: dict[str, Any], agent: AgentId = AGENTS[0]
) -> Captured:
    """Leave what visitors filled in, a day after each other; return them newest first."""
    tenant = TenantId.parse((await client.get("/v1/auth/me")).json()["tenant"]["id"])
    found: Captured = []
    async with installation.ports.database.transaction(tenant) as sql:
        for day, given in enumerate(answers):
            lead, conversation = LeadId.new(), ConversationId.new()
            await sql.execute(
                "INSERT INTO leads (tenant_id, id, agent_id, conversation_id, turn_id, title, answers, created_at)"
                " VALUES ($1, $2, $3, $4, $5, 'Call back', $6, $7)",
                *(tenant, lead, agent, conversation, TurnId.new(), given, BEGAN + timedelta(days=day)),
            )
            found.insert(0, {"id": str(lead), "conversation_id": str(conversation), "answers": given})
    return found


def ids(answer: Any) -> list[str]:
    """Return the ids of a page."""
    assert answer.status_code == 200, answer.text
    return [lead["id"] for lead in answer.json()["data"]]


async def test_leads_are_listed_newest_first_by_page_agent_and_day(
    installation: Installation, owner: AsyncClient, stranger: AsyncClient
) -> None:
    first = await capture(installation, owner, {"email": "a@example.com"}, {"email": "b@example.com"}, {"n": "3"})
    other = await capture(installation, owner, {"email": "c@example.com"}, agent=AGENTS[1])
    everything = [first[0]["id"], first[1]["id"], *sorted([first[2]["id"], other[0]["id"]], reverse=True)]
    assert ids(await owner.get("/v1/leads")) == everything
    page = await owner.get("/v1/leads", params={"limit": 3})
    rest = await owner.get("/v1/leads", params={"limit": 3, "cursor": page.json()["next_cursor"]})
    assert [*ids(page), *ids(rest)] == everything
    assert ids(await owner.get("/v1/leads", params={"agent_id": str(AGENTS[1])})) == [other[0]["id"]]
    second_day = {"after": "2026-03-02T01:00:00+01:00", "before": "2026-03-03T00:00:00Z"}
    assert ids(await owner.get("/v1/leads", params=second_day)) == [first[1]["id"]]
    assert ids(await stranger.get("/v1/leads")) == []
    one = (await owner.get(f"/v1/leads/{first[0]['id']}")).json()
    assert one["answers"] == {"n": "3"}
    assert one["conversation_id"] == first[0]["conversation_id"]


@pytest.mark.parametrize(
    "query",
    [
        {"agent_id": "x"},
        {"after": "yesterday"},
        {"before": "2026-03-01T00:00:00"},
        {"before": "9999-12-31T23:59:59-14:00"},
    ],
)
async def test_a_filter_that_is_none_is_refused_by_name(owner: AsyncClient, query: dict[str, str]) -> None:
    found = problem(await owner.get("/v1/leads", params=query), 422, "request.invalid")
    assert found["errors"][0]["field"] == next(iter(query))


async def test_a_lead_is_deleted_once_and_by_its_company_only(
    installation: Installation, owner: AsyncClient, stranger: AsyncClient
) -> None:
    (lead,) = await capture(installation, owner, {"email": "a@example.com"})
    path = f"/v1/leads/{lead['id']}"
    for call in (stranger.get, stranger.delete):
        problem(await call(path), 404, "tools.lead_not_found")
    assert (await owner.delete(path)).status_code == 204
    problem(await owner.delete(path), 404, "tools.lead_not_found")


async def test_the_table_has_a_column_for_each_field_and_no_formula(
    installation: Installation, owner: AsyncClient
) -> None:
    await capture(
        installation,
        owner,
        {"email": "a@example.com", "note": '=HYPERLINK("http://evil.example","x")', "amount": "-5.5"},
        {"email": "b@example.com", "phone": "+49 170 1234567", "note": 'two\nlines, "quoted"', "@sum": " \t=1+1"},
    )
    answer = await owner.get("/v1/leads/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="leads.csv"'
    newest, oldest = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (newest["email"], newest["phone"], newest["amount"]) == ("b@example.com", "'+49 170 1234567", "")
    assert (newest["note"], newest["'@sum"]) == ('two\nlines, "quoted"', "' \t=1+1")
    assert (oldest["note"], oldest["amount"]) == ('\'=HYPERLINK("http://evil.example","x")', "-5.5")
    assert oldest["captured_at"] == "2026-03-01T00:00:00+00:00"


async def test_a_table_is_made_of_more_than_one_piece(installation: Installation, owner: AsyncClient) -> None:
    await capture(installation, owner, *({"n": str(number)} for number in range(1_001)))
    answer = await owner.get("/v1/leads/export", params={"after": (BEGAN + timedelta(days=1)).isoformat()})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["n"] for row in rows] == [str(number) for number in range(1_000, 0, -1)]


async def test_leads_are_for_editors_and_for_keys_that_were_given_them(
    installation: Installation, owner: AsyncClient, anonymous: AsyncClient
) -> None:
    """Not for the keys of every day, and not for viewers."""
    (lead,) = await capture(installation, owner, {"email": "a@example.com"})
    path = f"/v1/leads/{lead['id']}"

    async def headers(**scopes: list[str]) -> dict[str, str]:
        made = await owner.post("/v1/api-keys", json={"name": "k", "kind": "secret", **scopes})
        return {"authorization": f"Bearer {made.json()['key']}"}

    usual = await headers()
    for place in ("/v1/leads", path, "/v1/leads/export"):
        found = problem(await anonymous.get(place, headers=usual), 403, "auth.forbidden")
        assert found["required"] == "leads:read"
    reading = await headers(scopes=["leads:read", "tools:write"])
    for place in ("/v1/leads", path, "/v1/leads/export"):
        answer = await anonymous.get(place, headers=reading)
        assert (answer.status_code, "a@example.com" in answer.text) == (200, True)
    for key in (usual, reading):
        assert problem(await anonymous.delete(path, headers=key), 403, "auth.forbidden")["required"] == "leads:write"
    assert (await anonymous.delete(path, headers=await headers(scopes=["leads:write"]))).status_code == 204
    scopes = installation.ports.scopes
    assert {"leads:read", "leads:write"} <= scopes.of_role(Role.EDITOR) - scopes.of_role(Role.VIEWER)


async def test_a_table_of_nothing_has_its_head(owner: AsyncClient) -> None:
    answer = await owner.get("/v1/leads/export")
    assert answer.content.decode("utf-8-sig").count("\r\n") == 1
