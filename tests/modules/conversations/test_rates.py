"""Rate limits of requests: each bucket, what the headers say, and two processes with one Redis."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from medea.apps.api.application import attach, make_app
from medea.apps.bootstrap import Installation
from medea.apps.monitoring.monitor import Monitor
from medea.kernel.limits.bucket import Bucket, Decision, MemoryLimiter
from medea.kernel.limits.redis import RedisLimiter
from medea.kernel.redis.server import RedisServer
from medea.kernel.settings import Settings
from medea.kernel.web.rates import public_network
from tests.modules.conversations.chatting import open_conversation, publish
from tests.support.app import ORIGIN, WIDGET_ORIGIN, NewClient, TravelClock, problem

FOREVER = {
    "chat_per_visitor": 1000,
    "chat_per_address": 1000,
    "chat_per_key": 1000,
    "chat_per_tenant": 1000,
    "requests_per_caller": 1000,
    "requests_per_tenant": 1000,
}


@pytest.fixture
def limits() -> dict[str, int]:
    """What a test sets lower."""
    return {}


@pytest.fixture
def settings(settings: Settings, limits: dict[str, int]) -> Settings:
    changed = settings.limits.model_copy(update={**FOREVER, **limits})
    return settings.model_copy(update={"limits": changed})


async def key_of(owner: AsyncClient, kind: str = "secret") -> str:
    made = await owner.post("/v1/api-keys", json={"name": "Key", "kind": kind})
    found: str = made.json()["key"]
    return found


def bearing(new_client: NewClient, token: str) -> AsyncClient:
    return new_client(headers={"authorization": f"Bearer {token}"})


async def visit(new_client: NewClient, key: str, **body: str) -> str:
    opened = await new_client(WIDGET_ORIGIN).post(
        "/v1/widget/sessions", json={"agent": "helper", **body}, headers={"authorization": f"Bearer {key}"}
    )
    assert opened.status_code == 201, opened.text
    found: str = opened.json()["token"]
    return found


async def statuses(client: AsyncClient, count: int) -> list[int]:
    """Open conversations and return how that went."""
    return [(await client.post("/v1/conversations", json={"agent": "helper"})).status_code for _ in range(count)]


class TestOfAVisitor:
    @pytest.fixture
    def limits(self) -> dict[str, int]:
        return {"chat_per_visitor": 3}

    async def test_each_has_their_own_and_the_answer_tells_how_it_stands(
        self, owner: AsyncClient, new_client: NewClient, clock: TravelClock
    ) -> None:
        await publish(owner)
        key = await key_of(owner, "publishable")
        one, other = [bearing(new_client, await visit(new_client, key)) for _ in range(2)]
        first = await one.post("/v1/conversations", json={"agent": "helper"})
        told = {name: first.headers[name] for name in ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")}
        assert told == {"ratelimit-limit": "3", "ratelimit-remaining": "2", "ratelimit-reset": "20"}
        path = f"/v1/conversations/{first.json()['id']}/messages"
        assert (await one.post(path, json={"text": "Hi"})).status_code == 202
        assert (await one.post(path, json={"text": "Hi"})).status_code == 202
        refused = await one.post(path, json={"text": "Hi"})
        found = problem(refused, 429, "limits.too_many_requests")
        assert refused.headers["retry-after"] == str(found["retry_after"]) == "20"
        assert refused.headers["ratelimit-remaining"] == "0"
        assert len(refused.headers.get_list("ratelimit-limit")) == 1
        assert (await one.get(path)).status_code == 200, "reading is another bucket"
        assert await statuses(other, 4) == [201, 201, 201, 429]
        clock.advance(seconds=20)
        assert (await one.post(path, json={"text": "Hi"})).status_code == 202

    async def test_the_ai_sdk_route_counts_too(self, owner: AsyncClient, new_client: NewClient) -> None:
        agent = await publish(owner)
        visitor = bearing(new_client, await visit(new_client, await key_of(owner, "publishable")))
        assert await statuses(visitor, 3) == [201] * 3
        said = {"id": "m", "role": "user", "parts": [{"type": "text", "text": "Hi"}]}
        refused = await visitor.post(f"/v1/agents/{agent['id']}/chat", json={"id": "c", "messages": [said]})
        problem(refused, 429, "limits.too_many_requests")


class TestOfAKey:
    @pytest.fixture
    def limits(self) -> dict[str, int]:
        return {"chat_per_key": 3}

    async def test_each_has_its_own(self, owner: AsyncClient, new_client: NewClient) -> None:
        await publish(owner)
        one, other = [bearing(new_client, await key_of(owner)) for _ in range(2)]
        assert await statuses(one, 4) == [201, 201, 201, 429]
        assert await statuses(other, 1) == [201]
        assert await statuses(owner, 4) == [201] * 4

    async def test_openai_clients_are_told_in_their_words(self, owner: AsyncClient, new_client: NewClient) -> None:
        await publish(owner)
        client = bearing(new_client, await key_of(owner))
        assert await statuses(client, 3) == [201] * 3
        body = {"model": "helper", "messages": [{"role": "user", "content": "Hi"}]}
        refused = await client.post("/v1/chat/completions", json=body)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "20")
        error = refused.json()["error"]
        assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limit_exceeded")
        assert "try again in 20 s" in error["message"]

    async def test_visitors_sessions_count_for_the_key_they_are_opened_with(
        self, owner: AsyncClient, new_client: NewClient
    ) -> None:
        await publish(owner)
        key = await key_of(owner, "publishable")
        for _ in range(3):
            await visit(new_client, key)
        refused = await new_client().post(
            "/v1/widget/sessions", json={"agent": "helper"}, headers={"authorization": f"Bearer {key}"}
        )
        problem(refused, 429, "limits.too_many_requests")


class TestOfATenant:
    @pytest.fixture
    def limits(self) -> dict[str, int]:
        return {"chat_per_tenant": 3}

    async def test_its_people_keys_and_visitors_share_it(
        self, owner: AsyncClient, stranger: AsyncClient, new_client: NewClient
    ) -> None:
        await publish(owner)
        await publish(stranger)
        assert await statuses(owner, 2) == [201] * 2
        client = bearing(new_client, await key_of(owner))
        assert await statuses(client, 2) == [201, 429]
        assert await statuses(owner, 1) == [429]
        assert await statuses(stranger, 3) == [201] * 3

    async def test_sessions_of_hosted_pages_count_where_they_belong(
        self, owner: AsyncClient, new_client: NewClient
    ) -> None:
        await publish(owner, slug="hosted-here")
        page = new_client(WIDGET_ORIGIN, headers={"origin": WIDGET_ORIGIN})
        answers = [await page.post("/v1/widget/sessions", json={"agent": "hosted-here"}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 429]


class TestOfAnAddress:
    @pytest.fixture
    def limits(self) -> dict[str, int]:
        return {"chat_per_address": 3}

    async def test_public_addresses_have_their_own_and_private_ones_none(
        self, app: FastAPI, owner: AsyncClient
    ) -> None:
        await publish(owner)
        headers = {"authorization": f"Bearer {await key_of(owner)}"}

        def at(address: str) -> AsyncClient:
            return AsyncClient(transport=ASGITransport(app, client=(address, 4711)), base_url=ORIGIN, headers=headers)

        async with at("93.184.216.34") as one, at("93.184.216.35") as other, at("10.0.0.7") as inside:
            assert await statuses(one, 4) == [201, 201, 201, 429]
            assert await statuses(other, 1) == [201]
            assert await statuses(inside, 5) == [201] * 5
        async with at("2606:2800:220:1::1") as one, at("2606:2800:220:1:ffff::2") as same_net:
            assert await statuses(one, 3) == [201] * 3
            assert await statuses(same_net, 1) == [429]

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("93.184.216.34", "93.184.216.34"),
            ("::ffff:93.184.216.34", "93.184.216.34"),
            ("2606:2800:220:1::1", "2606:2800:220:1::/64"),
            ("127.0.0.1", None),
            ("::1", None),
            ("fd00::1", None),
            ("unknown", None),
        ],
    )
    def test_what_an_address_counts_as(self, address: str, network: str | None) -> None:
        assert public_network(address) == network


class TestOfAllOtherCalls:
    @pytest.fixture
    def limits(self) -> dict[str, int]:
        return {"requests_per_caller": 4, "requests_per_tenant": 7}

    async def test_each_caller_has_their_own_within_the_tenants(
        self, owner: AsyncClient, stranger: AsyncClient, new_client: NewClient, anonymous: AsyncClient
    ) -> None:
        client = bearing(new_client, await key_of(owner))

        async def read(caller: AsyncClient, count: int) -> list[int]:
            return [(await caller.get("/v1/agents")).status_code for _ in range(count)]

        assert await read(client, 5) == [200] * 4 + [429]
        answer = await owner.get("/v1/agents")
        assert (answer.headers["ratelimit-limit"], answer.headers["ratelimit-remaining"]) == ("7", "1")
        assert await read(owner, 2) == [200, 429], "a refusal takes nothing from the other buckets"
        assert await read(stranger, 1) == [200]
        login = await anonymous.post("/v1/auth/login", json={"email": "a@example.com", "password": "x" * 12})
        assert login.status_code == 401, "doors that need no credential have limits of their own"

    async def test_the_limits_in_force_can_be_read(self, owner: AsyncClient) -> None:
        found: dict[str, Any] = (await owner.get("/v1/limits")).json()
        rates = {rate["name"]: (rate["subject"], rate["covers"], rate["amount"]) for rate in found["rates"]}
        assert rates["api_caller"] == ("caller", "api", 4)
        assert rates["chat_visitor"] == ("visitor", "chat", 1000)
        assert found["turns_at_once"] == 1000


class TestTwoProcesses:
    pytestmark = pytest.mark.services

    @pytest.fixture
    def limits(self) -> dict[str, int]:
        return {"chat_per_key": 5}

    async def test_they_share_the_buckets_of_one_redis(
        self, owner: AsyncClient, installation: Installation, settings: Settings, redis_server: RedisServer
    ) -> None:
        await publish(owner)
        headers = {"authorization": f"Bearer {await key_of(owner)}"}
        clients = []
        for _ in range(2):
            app = make_app(settings)
            ports = dataclasses.replace(installation.ports, limiter=RedisLimiter(redis_server))
            attach(app, ports, installation.authenticator, Monitor(installation, "all"))
            clients.append(AsyncClient(transport=ASGITransport(app), base_url=ORIGIN, headers=headers))
        found = [await statuses(clients[turn % 2], 1) for turn in range(8)]
        assert found == [[201]] * 5 + [[429]] * 3
        for client in clients:
            await client.aclose()


async def test_it_is_one_question_to_the_limiter(owner: AsyncClient, app: FastAPI, installation: Installation) -> None:
    await publish(owner)
    asked: list[int] = []

    class Counting(MemoryLimiter):
        async def take_all(self, buckets: Sequence[Bucket]) -> list[Decision]:
            asked.append(len(buckets))
            return await super().take_all(buckets)

    app.state.ports = dataclasses.replace(installation.ports, limiter=Counting())
    await open_conversation(owner)
    await owner.get("/v1/agents")
    assert asked == [1, 2], "tenant; caller and tenant"
