"""Every route, called by company B with company A's ids, behaves as if A's things did not exist."""

import asyncio
import itertools
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient, Response

from medea.apps import registry
from medea.apps.bootstrap import Installation
from medea.kernel.errors import AppError, Forbidden, NotFound
from tests.isolation.catalog import list_tables
from tests.isolation.routes import Operation, Reference, UnknownPlaceError, list_operations
from tests.isolation.world import Company
from tests.support.app import NewClient

Companies = tuple[Company, Company]

CREDENTIALS = ("session", "secret", "publishable", "visitor")

NOT_404 = {
    "GET /v1/conversations": "a list filtered by an unknown agent is empty",
    "GET /v1/leads": "a list filtered by an unknown agent is empty; a slug is refused",
    "GET /v1/leads/export": "the same as a table",
    "GET /v1/knowledge/unanswered": "a list filtered by an unknown agent is empty",
    "GET /v1/knowledge-bases/{base_id}/documents": "a list filtered by an unknown source is empty",
    "GET /v1/agents/{agent_id}/chat/{chat_id}/stream": "204 where one's own agent has no such chat",
    "POST /v1/ag-ui/agent/{agent_id}/stop/{thread_id}": "nothing runs in a thread that one's own agent does not have",
    "POST /v1/widget/sessions": "wants a publishable key, whatever the agent",
}
"""Operations that answer B's owner otherwise than by 404 to A's ids, and why that tells nothing."""


def client_of(company: Company, credential: str, new_client: NewClient) -> AsyncClient:
    if credential == "session":
        return company.owner
    return new_client(headers={"authorization": f"Bearer {company.bearers[credential]}"})


def phantom(thing: str, real: str) -> str:
    """Return a well-formed name of nothing, of the same kind."""
    prefix, underscore, digits = real.partition("_")
    if underscore and len(digits) == 32:
        return f"{prefix}_{uuid.uuid4().hex}"
    return f"no-such-{thing.replace('_', '-')}"


def variants(operation: Operation, theirs: Company, own: Company) -> Iterator[dict[Reference, str]]:
    """Yield ways to fill the references in which at least one names a thing of A."""
    for owners in itertools.product((theirs, own), repeat=len(operation.references)):
        pairs = list(zip(operation.references, owners, strict=True))
        if theirs not in owners:
            continue
        yield {reference: owner.things[reference.thing] for reference, owner in pairs}
        if any(reference.thing == "agent_id" for reference in operation.references):
            yield {
                reference: owner.things["agent" if reference.thing == "agent_id" else reference.thing]
                for reference, owner in pairs
            }


async def send(client: AsyncClient, operation: Operation, values: Mapping[Reference, str]) -> Response:
    return await asyncio.wait_for(client.request(**operation.request(values)), 60)


def shown(answer: Response, values: Mapping[Reference, str]) -> tuple[int, str]:
    """Return what the caller learns: status and body, with what the caller named itself taken out."""
    body = answer.text
    for reference, value in values.items():
        body = body.replace(value, f"<{reference.name}>")
    if answer.headers.get("content-type", "").endswith("problem+json"):
        body = json.dumps({k: v for k, v in json.loads(body).items() if k not in {"instance", "request_id"}})
    return answer.status_code, body


async def walk(app: FastAPI, client: AsyncClient, credential: str, theirs: Company, own: Company) -> list[str]:
    """Call every operation with A's things as B, and return what is wrong with the answers."""
    faults, asked = [], 0
    for operation in list_operations(app.openapi(), theirs.things):
        for values in variants(operation, theirs, own):
            nothing = {
                reference: phantom(reference.thing, value) if value in theirs.things.values() else value
                for reference, value in values.items()
            }
            answer = await send(client, operation, values)
            told, untold = shown(answer, values), shown(await send(client, operation, nothing), nothing)
            asked += 1
            if told != untold:
                faults.append(f"{operation}: {told} differs from nothing's {untold}")
            if leaked := [trace for trace in theirs.traces if trace in told[1]]:
                faults.append(f"{operation}: shows {leaked}")
            if not is_refusal(operation, answer.status_code, credential):
                faults.append(f"{operation}: {answer.status_code} {answer.text[:200]}")
    assert asked > 40
    return faults


@pytest.mark.parametrize("credential", CREDENTIALS)
async def test_things_of_another_company_do_not_exist(
    app: FastAPI, companies: Companies, new_client: NewClient, admin: asyncpg.Connection, credential: str
) -> None:
    theirs, own = companies
    before = await everything_of(theirs, admin)
    faults = await walk(app, client_of(own, credential, new_client), credential, theirs, own)
    assert not faults, "\n".join(faults)
    assert await everything_of(theirs, admin) == before


async def test_a_leak_is_seen(app: FastAPI, companies: Companies, installation: Installation) -> None:
    """The walk itself, tried on routes that do what none may."""
    theirs, own = companies

    @app.get("/v1/leaks/{agent_id}")
    async def read_anyones(agent_id: str) -> str:
        async with installation.ports.database.system() as sql:
            return str(await sql.fetchval("SELECT name FROM agents WHERE slug = $1 OR id::text = $1", agent_id))

    @app.get("/v1/hints/{turn_id}")
    async def tell_that_it_exists(turn_id: str) -> None:
        raise Forbidden() if turn_id == theirs.things["turn_id"] else NotFound()

    @app.get("/v1/crashes/{message_id}")
    async def crash(message_id: str) -> None:
        raise AppError()

    app.openapi_schema = None
    faults = await walk(app, own.owner, "session", theirs, own)
    assert {fault.split(":")[0] for fault in faults} == {
        "GET /v1/leaks/{agent_id}",
        "GET /v1/hints/{turn_id}",
        "GET /v1/crashes/{message_id}",
    }


def is_refusal(operation: Operation, status: int, credential: str) -> bool:
    """Tell whether the status is right: not found, or not for this kind of credential at all."""
    if str(operation) in NOT_404:
        return status in {200, 204, 401, 403, 404, 422}
    if credential == "session":
        return status == 404
    return status in {401, 403, 404}


@pytest.mark.parametrize("credential", CREDENTIALS)
async def test_lists_show_nothing_of_another_company(
    app: FastAPI, companies: Companies, new_client: NewClient, credential: str
) -> None:
    theirs, own = companies
    client = client_of(own, credential, new_client)
    called = 0
    for operation in list_operations(app.openapi(), theirs.things):
        if operation.method != "GET" or any(r.where == "path" for r in operation.references):
            continue
        answer = await send(client, operation, {})
        called += 1
        assert answer.status_code < 500, operation
        assert [trace for trace in theirs.traces if trace in answer.text] == [], operation
    assert called > 10


async def test_an_idempotency_key_of_another_company_replays_nothing(companies: Companies) -> None:
    headers = {"idempotency-key": "the-same"}
    answers = [await c.owner.post("/v1/agents", json={"name": c.mark}, headers=headers) for c in companies]
    assert [a.status_code for a in answers] == [201, 201]
    assert [a.json()["name"] for a in answers] == [c.mark for c in companies]


async def test_a_cursor_of_another_company_shows_only_ones_own(companies: Companies) -> None:
    theirs, own = companies
    for company in companies:
        for n in range(3):
            await company.owner.post("/v1/agents", json={"name": f"{company.mark} {n}"})
    cursor = (await theirs.owner.get("/v1/agents", params={"limit": 2})).json()["next_cursor"]
    answer = await own.owner.get("/v1/agents", params={"limit": 2, "cursor": cursor})
    assert theirs.mark not in answer.text


async def test_a_resume_token_of_another_company_makes_a_new_visitor(
    companies: Companies, new_client: NewClient
) -> None:
    theirs, own = companies
    answer = await new_client().post(
        "/v1/widget/sessions",
        json={"agent": own.things["agent"], "resume_token": theirs.resume_token},
        headers={"authorization": f"Bearer {own.bearers['publishable']}"},
    )
    assert answer.status_code in {201, 401, 422}, answer.text
    assert theirs.things["visitor_id"] not in answer.text
    assert theirs.mark not in answer.text


def test_no_route_hides_from_this_suite() -> None:
    """What is not in OpenAPI would not be walked."""
    hidden = [r for router in registry.routers() for r in router.routes if not getattr(r, "include_in_schema", False)]
    assert hidden == []


def test_a_parameter_nobody_explained_is_a_fault() -> None:
    parameter = {"name": "secret_id", "in": "path", "required": True, "schema": {"type": "string"}}
    body = {"type": "object", "properties": {"vault_id": {"type": "string"}}}
    for described in (
        {"parameters": [parameter]},
        {"requestBody": {"content": {"application/json": {"schema": body}}}},
    ):
        document: dict[str, Any] = {"paths": {"/v1/new": {"get": described}}, "components": {"schemas": {}}}
        with pytest.raises(UnknownPlaceError):
            list(list_operations(document, {"agent_id": "agt_1"}))


async def everything_of(company: Company, admin: asyncpg.Connection) -> dict[str, list[str]]:
    """Return every row of a company, and of its owner."""
    rows = {}
    for table in await list_tables(admin):
        if not table.is_platform:
            query = f"SELECT to_jsonb(t)::text AS row FROM {table.name} t WHERE tenant_id = $1 ORDER BY 1"
            rows[table.name] = [found["row"] for found in await admin.fetch(query, company.tenant_id)]
    user = uuid.UUID(company.things["user_id"].partition("_")[2])
    for name, column in (("users", "id"), ("user_sessions", "user_id")):
        query = f"SELECT to_jsonb(t)::text AS row FROM {name} t WHERE {column} = $1 ORDER BY 1"
        rows[name] = [found["row"] for found in await admin.fetch(query, user)]
    return rows
