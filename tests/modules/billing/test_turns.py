"""Budgets as visitors and tenants meet them: through the running application."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.llm.catalogue import ModelTerms
from medea.kernel.llm.messages import Usage
from medea.kernel.llm.pricing import PriceTable
from medea.kernel.settings import Settings
from tests.modules.conversations.chatting import chatty, open_conversation, publish, say, text_of
from tests.support.app import Outbox
from tests.support.upstream import DONE, Answer, Call, Hang, Send, chunk, event, upstream, usage

__all__ = ["chatty"]

POLITE = "This assistant has reached its limit for now. Please try again later."


async def make_budget(client: AsyncClient, **fields: Any) -> str:
    body = {"name": "All", "scope": "tenant", "period": "month", **fields}
    made = await client.post("/v1/budgets", json=body)
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    return found


async def read(client: AsyncClient, budget: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/v1/budgets/{budget}")).json()
    return found


def error_of(frames: list[tuple[str, Any]]) -> dict[str, Any] | None:
    return next((frame["data"] for _, frame in frames if frame["type"] == "data-error"), None)


async def test_an_answer_is_settled_with_what_it_took(chatty: AsyncClient) -> None:
    budget = await make_budget(chatty, limit_tokens=100_000)
    conversation = await open_conversation(chatty)
    await say(chatty, conversation)
    [_, reply] = (await chatty.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    taken = reply["usage"]["input_tokens"] + reply["usage"]["output_tokens"]
    found = await read(chatty, budget)
    assert taken > 10
    assert (found["used"], found["reserved"]) == ({"usd": 0, "tokens": taken}, {"usd": 0, "tokens": 0})
    assert found["left"] == {"usd": None, "tokens": 100_000 - taken}


async def test_the_visitor_is_told_politely_and_the_tenant_why(
    chatty: AsyncClient, mails: Outbox, installation: Installation
) -> None:
    budget = await make_budget(chatty, name="Pocket money", limit_tokens=20)
    conversation = await open_conversation(chatty)
    frames = await say(chatty, conversation)
    assert text_of(frames) == ""
    assert error_of(frames) == {"code": "billing.budget_exhausted", "message": POLITE, "retryable": False}
    [_, reply] = (await chatty.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert "monthly budget “Pocket money” has no room" in reply["error"]["detail"]
    assert "begins anew on" in reply["error"]["detail"]
    me = (await chatty.get("/v1/auth/me")).json()
    await say(chatty, conversation)  # a second refusal writes no second mail
    async with asyncio.timeout(60):
        while not (sent := await mails.to(me["user"]["email"])):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert len(sent) == 1
    assert "Pocket money" in sent[0]
    assert (await read(chatty, budget))["used"]["tokens"] == 0


class TestWithPrices:
    """Fifty at once against a model that costs money."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        outbound = settings.outbound.model_copy(update={"allowed_private_hosts": ("127.0.0.1",)})
        return settings.model_copy(update={"outbound": outbound})

    @pytest.fixture
    def installation(self, installation: Installation) -> Installation:
        """Everything costs: a cent per hundred tokens."""

        class Prices(PriceTable):
            async def cost(
                self, model: str, usage: Usage, *, base_url: str, terms: ModelTerms | None = None
            ) -> float | None:
                return float(usage.input_tokens + usage.output_tokens) / 10_000

        installation.models._prices = Prices()
        return installation

    @pytest.mark.parametrize("limits", [{"limit_tokens": 1000}, {"limit_usd": 0.1}])
    async def test_fifty_at_once_spend_no_more_than_there_is(
        self, owner: AsyncClient, working: Installation, limits: dict[str, Any]
    ) -> None:
        def respond(_call: Call) -> Answer:
            body = event(chunk("Yes.")) + event(chunk(finish="stop"))
            return Answer([Send(body + event(usage(prompt_tokens=55, completion_tokens=40)) + DONE)])

        async with upstream(respond=respond) as server:
            await owner.post(
                "/v1/providers",
                json={"name": "Own", "base_url": server.base_url, "api_key": "k", "default_model": "fake-1"},
            )
            await publish(owner, model="fake-1", max_output_tokens=40, system_prompt="x" * 200)
            budget = await make_budget(owner, **limits)
            conversations = [await open_conversation(owner) for _ in range(50)]
            answers = await asyncio.gather(*(say(owner, conversation, "Hi") for conversation in conversations))
            told = [error_of(frames) for frames in answers]
            found = await read(owner, budget)
        answered = told.count(None)
        assert len(server.calls) == answered
        assert answered == 10, "each sets 99 tokens aside and takes 95"
        assert found["used"]["tokens"] == 950
        assert found["used"]["usd"] == pytest.approx(0.095 if "limit_usd" in limits else found["used"]["usd"])
        assert {error["code"] for error in told if error} == {"billing.budget_exhausted"}
        assert found["reserved"] == {"usd": 0, "tokens": 0}

    async def test_an_answer_that_is_cancelled_counts_as_far_as_it_came(
        self, owner: AsyncClient, working: Installation
    ) -> None:
        async with upstream(Answer([Send(event(chunk("A long story begins."))), Hang()])) as server:
            await owner.post(
                "/v1/providers",
                json={"name": "Own", "base_url": server.base_url, "api_key": "k", "default_model": "fake-1"},
            )
            await publish(owner, model="fake-1")
            budget = await make_budget(owner, limit_usd=5)
            conversation = await open_conversation(owner)
            sent = (await owner.post(f"/v1/conversations/{conversation}/messages", json={"text": "Go on"})).json()
            await asyncio.wait_for(server.arrived.wait(), 60)
            held = (await read(owner, budget))["reserved"]
            assert held["usd"] > 0.4, "the longest answer is set aside"
            await owner.post(f"/v1/turns/{sent['turn_id']}/cancel")
            async with asyncio.timeout(60):
                while (await owner.get(f"/v1/turns/{sent['turn_id']}")).json()["status"] != "cancelled":  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            found = await read(owner, budget)
        assert found["reserved"]["usd"] == 0
        assert 0 <= found["used"]["usd"] < 0.02

    async def test_cancelling_before_the_first_word_costs_the_prompt(
        self, owner: AsyncClient, working: Installation
    ) -> None:
        async with upstream(Answer([Hang()])) as server:
            await owner.post(
                "/v1/providers",
                json={"name": "Own", "base_url": server.base_url, "api_key": "k", "default_model": "fake-1"},
            )
            await publish(owner, model="fake-1", system_prompt="x" * 4000)
            budget = await make_budget(owner, limit_usd=5)
            conversation = await open_conversation(owner)
            sent = (await owner.post(f"/v1/conversations/{conversation}/messages", json={"text": "Go on"})).json()
            await asyncio.wait_for(server.arrived.wait(), 60)
            await owner.post(f"/v1/turns/{sent['turn_id']}/cancel")
            async with asyncio.timeout(60):
                while (await owner.get(f"/v1/turns/{sent['turn_id']}")).json()["status"] != "cancelled":  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            found = await read(owner, budget)
        assert found["reserved"] == {"usd": 0, "tokens": 0}
        assert 1000 <= found["used"]["tokens"] < 1200
        assert found["used"]["usd"] == pytest.approx(found["used"]["tokens"] / 10_000)

    async def test_a_provider_that_is_not_there_costs_nothing(self, owner: AsyncClient, working: Installation) -> None:
        async with upstream(Answer()) as server:
            address = server.base_url
        await owner.post(
            "/v1/providers", json={"name": "Own", "base_url": address, "api_key": "k", "default_model": "fake-1"}
        )
        await publish(owner, model="fake-1")
        budget = await make_budget(owner, limit_usd=5)
        told = error_of(await say(owner, await open_conversation(owner)))
        assert told is not None
        assert told["code"] == "llm.unavailable"
        found = await read(owner, budget)
        assert (found["used"], found["reserved"]) == ({"usd": 0, "tokens": 0}, {"usd": 0, "tokens": 0})

    async def test_a_call_that_fails_costs_nothing(self, owner: AsyncClient, working: Installation) -> None:
        async with upstream(Answer(status=401)) as server:
            await owner.post(
                "/v1/providers",
                json={"name": "Own", "base_url": server.base_url, "api_key": "k", "default_model": "fake-1"},
            )
            await publish(owner, model="fake-1")
            budget = await make_budget(owner, limit_usd=5)
            frames = await say(owner, await open_conversation(owner))
            assert error_of(frames) is not None
            found = await read(owner, budget)
        assert (found["used"], found["reserved"]) == ({"usd": 0, "tokens": 0}, {"usd": 0, "tokens": 0})


async def test_where_little_is_left_the_answer_is_shorter(chatty: AsyncClient) -> None:
    budget = await make_budget(chatty, limit_tokens=600)
    frames = await say(chatty, await open_conversation(chatty))
    assert error_of(frames) is None
    assert 0 < (await read(chatty, budget))["used"]["tokens"] <= 600


async def test_openai_clients_see_a_quota_that_is_used_up(chatty: AsyncClient) -> None:
    await make_budget(chatty, limit_tokens=20)
    body = {"model": "helper", "messages": [{"role": "user", "content": "Hi"}]}
    answer = await chatty.post("/v1/chat/completions", json=body)
    assert answer.status_code == 429
    assert answer.json()["error"] == {
        "message": POLITE,
        "type": "insufficient_quota",
        "param": None,
        "code": "insufficient_quota",
    }


async def test_budgets_of_elsewhere_do_not_count(chatty: AsyncClient, stranger: AsyncClient) -> None:
    await make_budget(stranger, limit_tokens=1)
    assert error_of(await say(chatty, await open_conversation(chatty))) is None
