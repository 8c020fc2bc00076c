"""Turns whose model does not answer: which takes over, when, and what is told of it to whom."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.auth.principal import system_principal
from medea.kernel.context import Context
from medea.kernel.settings import Settings
from medea.modules.identity import facade as identity
from tests.modules.conversations.chatting import frames_of, open_conversation, publish, say, text_of
from tests.support.app import problem
from tests.support.upstream import (
    DONE,
    Answer,
    Call,
    Hang,
    Reset,
    Send,
    Upstream,
    chunk,
    event,
    ordinary,
    refusal,
    upstream,
)

TOOL = {
    "index": 0,
    "id": "c1",
    "type": "function",
    "function": {"name": "calculator", "arguments": '{"expression":"6*7"}'},
}


def calling() -> Answer:
    """Answer with a call of the calculator."""
    made = chunk()
    made["choices"][0]["delta"] = {"tool_calls": [TOOL]}
    return Answer([Send(event(made) + event(chunk(finish="tool_calls")) + DONE)])


def tell(call: Call) -> Answer:
    """Answer as the model's name says."""
    model, last = call.json["model"], call.json["messages"][-1]
    match model:
        case "down":
            return refusal(503, {"error": {"message": "sk-secret-key-123456 is fine, we are not"}})
        case "silent":
            return Answer([Hang()])
        case "half":
            return Answer([Send(event(chunk("So "))), Reset()])
        case "forbidden":  # broken off within a call, behind a sentence that nobody is shown
            made = chunk()
            made["choices"][0]["delta"] = {"tool_calls": [TOOL]}
            return Answer([Send(event(chunk("It is Project Falcon. ")) + event(made)), Reset()])
        case "filtered":
            return Answer([Send(event(chunk(finish="content_filter")) + DONE)])
        case "down-later":
            return calling() if last["role"] == "user" else refusal(503)
        case "counts":
            return calling() if last["role"] == "user" else ordinary("Forty-two.")
    return ordinary(f"I am {model}.")


@pytest.fixture
async def models() -> AsyncIterator[Upstream]:
    async with upstream(respond=tell) as server:
        yield server


@pytest.fixture
def settings(settings: Settings, models: Upstream) -> Settings:
    """A platform whose models fail in their own ways, and little patience."""
    names = ("down", "silent", "half", "forbidden", "filtered", "down-later", "counts", "good", "dear", "cheap")
    changes = {"base_url": models.base_url, "default_model": "good", "models": names, "max_attempts": 1}
    llm = settings.llm.model_copy(update={**changes, "fallback_timeout": 0.15, "circuit_failures": 3})
    return settings.model_copy(update={"llm": llm})


def on(model: str, *reasons: str) -> dict[str, Any]:
    return {"model": model, "on": list(reasons)} if reasons else {"model": model}


async def ask(client: AsyncClient, model: str, *others: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Let an agent with these models answer; return the reply as its owner sees it, and its conversation."""
    await publish(client, slug="chained", model=model, fallbacks=list(others), **fields)
    conversation = await open_conversation(client, "chained")
    frames = await say(client, conversation)
    messages = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    reply: dict[str, Any] = messages[-1]
    assert reply["text"] == text_of(frames)
    return {**reply, "conversation": conversation, "frames": frames}


def moves(reply: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(part["from"], part["to"], part["reason"]) for part in reply["parts"] if part["type"] == "fallback"]


async def log_of(client: AsyncClient, conversation: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = (await client.get(f"/v1/conversations/{conversation}/events")).json()["data"]
    return events


@pytest.fixture
def client(owner: AsyncClient, working: Installation) -> AsyncClient:
    return owner


async def test_a_model_that_is_down_is_followed_by_the_next(client: AsyncClient) -> None:
    reply = await ask(client, "down", on("good"))
    assert (reply["text"], reply["status"], reply["model"]) == ("I am good.", "complete", "fake-1")
    assert moves(reply) == [("down", "good", "error")]
    (moved,) = [each["data"] for each in await log_of(client, reply["conversation"]) if each["name"] == "ModelFellBack"]
    assert (moved["place"], moved["code"]) == (1, "llm.unavailable")
    assert "sk-secret" not in json.dumps(reply) + json.dumps(moved)
    assert not [
        frame for _, frame in reply["frames"] if "fallback" in json.dumps(frame)
    ]  # visitors learn nothing of it


async def test_a_model_that_keeps_readers_waiting_is_followed_sooner_than_one_alone(client: AsyncClient) -> None:
    reply = await ask(client, "silent", on("down", "budget"), on("good", "timeout"))
    assert reply["text"] == "I am good."
    assert moves(reply) == [("silent", "good", "timeout")]


async def test_each_link_takes_over_for_its_own_reasons(client: AsyncClient, models: Upstream) -> None:
    reply = await ask(client, "down", on("cheap", "budget"), on("silent", "error"), on("good", "timeout"))
    assert moves(reply) == [("down", "silent", "error"), ("silent", "good", "timeout")]
    assert [call.json["model"] for call in models.calls] == ["down", "silent", "good"]


@pytest.mark.parametrize(
    ("model", "others", "code", "asked"),
    [
        ("half", [on("good")], "llm.interrupted", ["half"]),  # its beginning was seen
        ("filtered", [on("good")], "llm.content_filtered", ["filtered"]),  # that would be a way around it
        ("down", [on("good", "timeout", "budget")], "llm.unavailable", ["down"]),
        ("down", [on("down")], "llm.unavailable", ["down", "down"]),  # the end of the chain
    ],
)
async def test_no_other_takes_over(
    client: AsyncClient, models: Upstream, model: str, others: list[dict[str, Any]], code: str, asked: list[str]
) -> None:
    reply = await ask(client, model, *others)
    assert (reply["status"], reply["error"]["code"]) == ("failed", code)
    assert [call.json["model"] for call in models.calls] == asked


async def test_the_model_that_works_keeps_the_turn(client: AsyncClient, models: Upstream) -> None:
    reply = await ask(client, "down", on("counts"), on("good"), tools=[{"name": "calculator"}])
    assert reply["text"] == "Forty-two."
    assert [call.json["model"] for call in models.calls] == ["down", "counts", "counts"]
    assert moves(reply) == [("down", "counts", "error")]
    names = [each["name"] for each in await log_of(client, reply["conversation"])]
    assert names.index("ModelFellBack") < names.index("StepCompleted")  # whoever takes the turn over begins there


async def test_a_model_that_fails_after_its_calls_is_followed_too(client: AsyncClient, models: Upstream) -> None:
    reply = await ask(client, "down-later", on("good"), tools=[{"name": "calculator"}])
    assert reply["text"] == "I am good."
    assert [call.json["model"] for call in models.calls] == ["down-later", "down-later", "good"]
    assert models.calls[-1].json["messages"][-1]["role"] == "tool"


async def test_what_rules_found_in_a_beginning_that_nobody_saw_is_not_held_against_the_next(
    client: AsyncClient,
) -> None:
    rules = {"blocked": {"terms": ["Project Falcon"]}, "approval": {"answers": "flagged"}}
    reply = await ask(client, "forbidden", on("counts"), tools=[{"name": "calculator"}], guardrails=rules)
    assert moves(reply) == [("forbidden", "counts", "error")]
    assert (reply["status"], reply["text"]) == ("complete", "Forty-two."), "its calls are made"
    assert [part for part in reply["parts"] if part["type"] == "guardrail"] == []
    assert not [frame for _, frame in reply["frames"] if frame["type"] == "data-guardrail"]
    assert (await client.get("/v1/held-answers/count")).json() == {"count": 0}


async def test_the_budget_has_room_for_a_cheaper_one(client: AsyncClient, installation: Installation) -> None:
    me = (await client.get("/v1/auth/me")).json()
    nobody = Context(installation.ports, system_principal(None))
    await identity.set_operator(nobody, me["user"]["email"], is_operator=True)
    for model, price in (("dear", 1000), ("cheap", 0.01)):
        answer = await client.patch(f"/v1/operator/models/{model}", json={"input_price": price, "output_price": price})
        assert answer.status_code == 200, answer.text
    budget = {"name": "Little", "scope": "tenant", "period": "month", "limit_usd": 0.05}
    made = await client.post("/v1/budgets", json=budget)
    assert made.status_code == 201, made.text
    reply = await ask(client, "dear", on("down", "error"), on("cheap", "budget"), max_output_tokens=100)
    assert reply["text"] == "I am cheap."
    assert moves(reply) == [("dear", "cheap", "budget")]
    assert 0 < reply["cost_usd"] < 0.001  # what the one that answered takes
    used = (await client.get(f"/v1/budgets/{made.json()['id']}")).json()
    assert used["reserved"]["usd"] == 0
    assert used["used"]["usd"] == pytest.approx(reply["cost_usd"])


async def test_a_model_that_is_switched_off(client: AsyncClient, models: Upstream) -> None:
    await publish(client, slug="live", model="good", fallbacks=[on("cheap")])
    await publish(client, slug="alone", model="good")
    assert (await client.patch("/v1/llm/catalogue/good", json={"is_enabled": False})).status_code == 200
    frames = await say(client, await open_conversation(client, "live"))
    assert text_of(frames) == "I am cheap."
    conversation = await open_conversation(client, "alone")
    await say(client, conversation)
    reply = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"][-1]
    assert reply["error"]["code"] == "llm.model_disabled"
    assert "good" in reply["error"]["detail"]
    assert {call.json["model"] for call in models.calls} == {"cheap"}
    answer = await client.post("/v1/agents", json={"name": "New", "fallbacks": [on("down"), on("good")]})
    (fault,) = problem(answer, 422, "request.invalid")["errors"]
    assert (fault["field"], fault["code"]) == ("fallbacks.1.model", "disabled")
    answer = await client.patch("/v1/agents/live", json={"greeting": "Hi"})  # what it named before stays
    assert answer.status_code == 200, answer.text
    refused = problem(await client.post("/v1/agents/live/publish", json={}), 409, "agents.model_disabled")
    assert [error["field"] for error in refused["errors"]] == ["model"]
    assert "Settings → Models" in refused["errors"][0]["message"]


async def test_a_model_that_keeps_failing_is_not_asked_any_more(client: AsyncClient, models: Upstream) -> None:
    await publish(client, slug="chained", model="down", fallbacks=[on("good")])
    conversation = await open_conversation(client, "chained")
    for _ in range(5):
        assert text_of(await say(client, conversation)) == "I am good."
    assert [call.json["model"] for call in models.calls].count("down") == 3
    reply = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"][-1]
    assert [part["code"] for part in reply["parts"] if part["type"] == "fallback"] == ["llm.circuit_open"]


async def test_a_model_that_only_chains_use_is_not_waited_for_again_and_again(
    client: AsyncClient, models: Upstream
) -> None:
    await publish(client, slug="chained", model="silent", fallbacks=[on("good", "timeout")])
    conversation = await open_conversation(client, "chained")
    for _ in range(5):
        assert text_of(await say(client, conversation)) == "I am good."
    assert [call.json["model"] for call in models.calls].count("silent") == 3
    reply = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"][-1]
    (part,) = [part for part in reply["parts"] if part["type"] == "fallback"]
    assert (part["code"], part["reason"]) == ("llm.circuit_open", "timeout")


async def test_a_turn_is_stopped_while_another_model_is_awaited(client: AsyncClient, models: Upstream) -> None:
    await publish(client, slug="chained", model="down", fallbacks=[on("silent")])
    conversation = await open_conversation(client, "chained")
    answer = await client.post(f"/v1/conversations/{conversation}/messages", json={"text": "Hello?"})
    turn = answer.json()["turn_id"]
    await until(lambda: len(models.calls) == 2)
    assert (await client.post(f"/v1/turns/{turn}/cancel")).status_code in {200, 202, 204}
    async with asyncio.timeout(60):
        await models.calls[1].is_abandoned.wait()
    frames = frames_of(await client.get(f"/v1/turns/{turn}/stream"))
    assert frames[-1][1]["type"] == "abort"


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - of another's list there is no event
            await asyncio.sleep(0.01)


async def test_chains_that_cannot_be(owner: AsyncClient) -> None:
    for fallbacks, field in (
        ([{"model": "x", "on": []}], "fallbacks.0.on"),
        ([{"model": "x", "on": ["rain"]}], "fallbacks.0.on.0"),
        ([{"model": " "}], "fallbacks.0.model"),
        ([{"model": "x"}] * 6, "fallbacks"),
    ):
        answer = await owner.post("/v1/agents", json={"name": "A", "fallbacks": fallbacks})
        assert [error["field"] for error in problem(answer, 422, "request.invalid")["errors"]] == [field]
    made = (
        await owner.post("/v1/agents", json={"name": "A", "fallbacks": [on("x"), on("y", "budget", "budget")]})
    ).json()
    assert made["fallbacks"] == [on("x", "error", "timeout", "budget"), on("y", "budget")]
    assert (await owner.patch(f"/v1/agents/{made['id']}", json={"fallbacks": None})).json()["fallbacks"] == []
