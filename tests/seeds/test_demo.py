"""The demo company is there after the first start, and nothing people did to it is undone by the next."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from medea.apps.api.application import attach, make_app
from medea.apps.bootstrap import Installation, open_installation
from medea.apps.monitoring.monitor import Monitor
from medea.kernel.context import Ports
from medea.kernel.settings import Settings
from medea.modules.tenancy import facade as tenancy
from medea.seeds import demo
from medea.seeds.northwind_documents import DOCUMENTS
from tests.support.app import ORIGIN, WIDGET_ORIGIN


@pytest.fixture
async def installation(settings: Settings, fresh_database_url: str) -> AsyncIterator[Installation]:
    opened = await open_installation(settings, fresh_database_url)
    yield opened
    await opened.close()


@pytest.fixture
def ports(installation: Installation) -> Ports:
    return installation.ports


async def seeded(ports: Ports) -> demo.DemoFacts:
    facts = await demo.seed(ports)
    assert facts is not None
    return facts


async def logged_in(app: FastAPI) -> AsyncClient:
    client = AsyncClient(transport=ASGITransport(app), base_url=ORIGIN)
    answer = await client.post("/v1/auth/login", json={"email": demo.EMAIL, "password": demo.PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


@pytest.fixture
async def owner(settings: Settings, installation: Installation) -> AsyncIterator[AsyncClient]:
    await seeded(installation.ports)
    app = make_app(settings)
    attach(app, installation.ports, installation.authenticator, Monitor(installation, "all"))
    client = await logged_in(app)
    yield client
    await client.aclose()


async def counts(url: str) -> dict[str, int]:
    connection = await asyncpg.connect(url)
    try:
        tables = (
            "users",
            "tenants",
            "memberships",
            "agents",
            "agent_versions",
            "api_keys",
            "user_sessions",
            "knowledge_bases",
            "knowledge_documents",
        )
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables}
    finally:
        await connection.close()


async def test_the_demo_is_complete(owner: AsyncClient, ports: Ports) -> None:
    me = (await owner.get("/v1/auth/me")).json()
    assert (me["tenant"]["name"], me["tenant"]["slug"], me["role"]) == ("Northwind Outdoor", "northwind", "owner")
    agents = (await owner.get("/v1/agents")).json()["data"]
    assert [(a["slug"], a["published_version"]) for a in agents] == [("demo", 1), ("trip-planner", None)]
    assert len(agents[0]["examples"]) >= 12
    assert agents[0]["suggested_questions"]
    assert agents[0]["appearance"]["on_accent"] == "#ffffff"
    version = (await owner.get("/v1/agents/demo/versions/1")).json()
    assert version["created_by"]["name"] == me["user"]["name"]
    facts = await seeded(ports)
    keys = (await owner.get("/v1/api-keys")).json()["data"]
    assert [(k["kind"], k["publishable_key"]) for k in keys] == [("publishable", facts.publishable_key)]
    assert keys[0]["allowed_origins"] == [ORIGIN, WIDGET_ORIGIN]


async def test_the_assistant_answers_from_the_shop_handbook(owner: AsyncClient, installation: Installation) -> None:
    worker = await installation.start_worker(is_alone=True)
    base = (await owner.get("/v1/knowledge-bases")).json()["data"][0]
    documents: list[Any] = []
    for _ in range(1200):
        documents = (await owner.get(f"/v1/knowledge-bases/{base['id']}/documents")).json()["data"]
        if all(document["is_searchable"] for document in documents):
            break
        await asyncio.sleep(0.05)
    assert sorted(document["name"] for document in documents) == sorted(DOCUMENTS)
    conversation = (await owner.post("/v1/conversations", json={"agent": demo.AGENT_SLUG})).json()["id"]
    answer = await owner.post(
        f"/v1/conversations/{conversation}/messages",
        json={"text": "How do I wash my down sleeping bag?"},
        headers={"accept": "text/event-stream"},
    )
    assert "source-document" in answer.text
    reply = (await owner.get(f"/v1/conversations/{conversation}/messages")).json()["data"][1]
    assert "Wash a Dunlin" in reply["text"]
    assert reply["parts"][0]["title"] == "care-guide.md"
    await worker.stop(5)


async def test_a_second_start_adds_nothing(ports: Ports, fresh_database_url: str) -> None:
    first = await seeded(ports)
    before = await counts(fresh_database_url)
    again = await seeded(ports)
    assert first == dataclasses.replace(again, is_new=True)
    assert await counts(fresh_database_url) == before


async def test_a_start_in_another_process_finds_the_same(
    ports: Ports, settings: Settings, fresh_database_url: str
) -> None:
    first = await seeded(ports)
    other = await open_installation(settings, fresh_database_url)
    try:
        assert await seeded(other.ports) == dataclasses.replace(first, is_new=False)
        assert await demo.find_publishable_key(other.ports) == first.publishable_key
    finally:
        await other.close()


async def test_what_people_changed_stays(owner: AsyncClient, ports: Ports) -> None:
    await owner.patch("/v1/agents/demo", json={"name": "Juno", "system_prompt": "Mine now."})
    await owner.post("/v1/agents/demo/publish")
    await owner.delete("/v1/agents/trip-planner")
    await seeded(ports)
    agents = (await owner.get("/v1/agents")).json()["data"]
    assert [(a["slug"], a["name"], a["published_version"]) for a in agents] == [("demo", "Juno", 2)]


async def test_a_deleted_demo_agent_comes_back(owner: AsyncClient, ports: Ports) -> None:
    await owner.delete("/v1/agents/demo")
    facts = await seeded(ports)
    assert (await owner.get(f"/v1/agents/{facts.agent_slug}")).json()["published_version"] == 1


async def test_an_unpublished_agent_in_its_place_is_left_alone(owner: AsyncClient, ports: Ports) -> None:
    await owner.delete("/v1/agents/demo")
    await owner.post("/v1/agents", json={"name": "Demo", "slug": "demo"})
    assert await demo.seed(ports) is None


async def test_another_port_gets_a_key_of_its_own(ports: Ports, settings: Settings) -> None:
    first = await seeded(ports)
    web = settings.web.model_copy(update={"dashboard_origin": "http://127.0.0.1:9000"})
    moved = dataclasses.replace(ports, settings=settings.model_copy(update={"web": web}))
    second = await seeded(moved)
    assert second.publishable_key != first.publishable_key
    principal = await tenancy.find_publishable_key(ports, second.publishable_key)
    assert principal is not None
    assert principal.allowed_origins == ("http://127.0.0.1:9000", WIDGET_ORIGIN)


async def test_a_password_that_everybody_knows_is_noticed_until_it_is_changed(ports: Ports, owner: AsyncClient) -> None:
    assert await demo.is_open_to_all(ports)
    new = {"current_password": demo.PASSWORD, "new_password": "a password that nobody knows"}
    assert (await owner.post("/v1/auth/password/change", json=new)).status_code == 204
    assert not await demo.is_open_to_all(ports)


async def test_where_there_is_no_demo_nothing_is_noticed(ports: Ports) -> None:
    assert not await demo.is_open_to_all(ports)
