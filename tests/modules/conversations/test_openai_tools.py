"""The OpenAI-compatible API with tools that the client runs itself, with the official client."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from medea.apps.bootstrap import Installation
from medea.kernel.ids import ToolCallId, TurnId
from medea.modules.conversations.dialects.calls import call_name, read_call_name
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import publish
from tests.support.app import ORIGIN
from tests.support.models import provided_by
from tests.support.upstream import Upstream

SCRIPTS: dict[str, Any] = {
    "weather": [[[("get_weather", {"city": "Paris"})]]],
    "two": [["One moment.", [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Rome"})]]],
    "mixed": [[[("get_weather", {"city": "Paris"}), ("calculator", {"expression": "1+1"})]]],
}
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        "strict": True,
    },
}


models, settings = provided_by(acting(SCRIPTS))


@pytest.fixture
async def client(owner: AsyncClient, working: Installation, app: FastAPI) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official client with a secret key, and an agent that can calculate."""
    await publish(owner, examples=[], tools=[{"name": "calculator"}])
    key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with AsyncClient(transport=ASGITransport(app)) as http:
        yield openai.AsyncOpenAI(api_key=key, base_url=f"{ORIGIN}/v1", http_client=http, max_retries=0)


async def ask(client: openai.AsyncOpenAI, messages: list[Any], **more: Any) -> Any:
    """Return the only choice of a completion."""
    given = {"tools": [WEATHER], **more}
    answer = await client.chat.completions.create(model="helper", messages=messages, **given)
    return answer.choices[0]


def told(message: Any, *results: str) -> list[Any]:
    """Return what a client appends: the answer with its calls, and what they gave."""
    calls = message.tool_calls
    gave = [
        {"role": "tool", "tool_call_id": call.id, "content": result}
        for call, result in zip(calls, results, strict=True)
    ]
    return [message.model_dump(exclude_none=True), *gave]


async def test_the_client_makes_the_call_and_the_turn_goes_on(
    client: openai.AsyncOpenAI, owner: AsyncClient, models: Upstream
) -> None:
    messages: list[Any] = [{"role": "user", "content": "weather"}]
    first = await ask(client, messages)
    assert (first.finish_reason, first.message.content) == ("tool_calls", None)
    (call,) = first.message.tool_calls
    assert (call.type, call.function.name) == ("function", "get_weather")
    assert json.loads(call.function.arguments) == {"city": "Paris"}
    assert len(call.id) <= 64
    messages += told(first.message, "18 degrees")
    second = await ask(client, messages)
    assert (second.finish_reason, second.message.content) == ("stop", "Found: 18 degrees")
    messages += [second.message.model_dump(exclude_none=True), {"role": "user", "content": "Thanks"}]
    assert (await ask(client, messages)).message.content is not None
    (kept,) = (await owner.get("/v1/conversations")).json()["data"]
    assert kept["message_count"] == 4, "one conversation"
    names = [tool["function"]["name"] for tool in models.calls[0].json["tools"]]
    assert names == ["get_weather", "calculator"]
    again = await ask(client, messages[:1], tool_choice="none")
    assert again.message.content is not None
    assert [tool["function"]["name"] for tool in models.calls[-1].json["tools"]] == ["calculator"]


async def test_the_agents_own_tools_run_beside_the_clients(client: openai.AsyncOpenAI, models: Upstream) -> None:
    messages: list[Any] = [{"role": "user", "content": "mixed"}]
    first = await ask(client, messages)
    assert [call.function.name for call in first.message.tool_calls] == ["get_weather"]
    second = await ask(client, [*messages, *told(first.message, "rain")])
    assert second.message.content == 'Found: rain | {"result":"2"}'


async def test_calls_stream_and_all_results_are_needed(client: openai.AsyncOpenAI, models: Upstream) -> None:
    messages: list[Any] = [{"role": "user", "content": "two"}]
    stream: Any = await client.chat.completions.create(model="helper", messages=messages, tools=[WEATHER], stream=True)
    text, calls, reasons = "", list[Any](), list[Any]()
    async for chunk in stream:
        delta = chunk.choices[0].delta
        text += delta.content or ""
        calls += delta.tool_calls or []
        reasons.append(chunk.choices[0].finish_reason)
    assert (text, reasons[-1]) == ("One moment.", "tool_calls")
    assert [(call.index, json.loads(call.function.arguments)["city"]) for call in calls] == [(0, "Paris"), (1, "Rome")]
    said: Any = {
        "role": "assistant",
        "content": text,
        "tool_calls": [{"id": call.id, "type": "function", "function": call.function.model_dump()} for call in calls],
    }
    gave: list[Any] = [{"role": "tool", "tool_call_id": call.id, "content": f"sun {call.index}"} for call in calls]
    second: Any = await client.chat.completions.create(
        model="helper", messages=[*messages, said, *gave], tools=[WEATHER], stream=True
    )
    rest = "".join([chunk.choices[0].delta.content or "" async for chunk in second])
    assert rest.strip() == "Found: sun 0 | sun 1", "what was said before the calls is not said again"


async def test_what_does_not_fit_is_refused_in_words(client: openai.AsyncOpenAI) -> None:
    messages: list[Any] = [{"role": "user", "content": "two"}]
    first = await ask(client, messages)
    said, one, _ = told(first.message, "sun", "rain")
    with pytest.raises(openai.BadRequestError, match="Every call"):
        await ask(client, [*messages, said, one])
    foreign = {"role": "tool", "tool_call_id": "call_abc", "content": "x"}
    with pytest.raises(openai.BadRequestError, match="none that was given out"):
        await ask(client, [*messages, said, foreign])
    unknown = {"role": "tool", "tool_call_id": call_name(TurnId.new(), ToolCallId.new()), "content": "x"}
    with pytest.raises(openai.NotFoundError):
        await ask(client, [*messages, said, unknown])
    whole = [*messages, *told(first.message, "sun", "rain")]
    assert (await ask(client, whole)).message.content.strip().endswith("Found: sun | rain"), "nothing was taken before"
    assert (await ask(client, whole)).message.content.endswith("Found: sun | rain"), "sent twice, after a lost answer"
    with pytest.raises(openai.BadRequestError, match="names no function"):
        await ask(client, messages, tool_choice={"type": "function", "function": {"name": "other"}})


async def test_a_call_can_be_demanded(client: openai.AsyncOpenAI, models: Upstream) -> None:
    choice: Any = {"type": "function", "function": {"name": "get_weather"}}
    await ask(client, [{"role": "user", "content": "weather"}], tool_choice=choice)
    assert models.calls[-1].json["tool_choice"] == "required"


@given(st.text(max_size=80))
def test_names_of_calls_are_read_back_and_no_others(text: str) -> None:
    turn, call = TurnId.new(), ToolCallId.new()
    assert read_call_name(call_name(turn, call)) == (turn, call)
    assert read_call_name(text) is None
    assert read_call_name(f"call_{text}") is None or len(text) == 43
