"""OpenAI's Responses with the official client; every event is held against its strict models."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_item import ResponseItem
from pydantic import TypeAdapter

from medea.apps.bootstrap import Installation
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import publish
from tests.support.app import ORIGIN
from tests.support.models import provided_by
from tests.support.upstream import Upstream

SCRIPTS: dict[str, Any] = {
    "sum": [["Let me see.", [("calculator", {"expression": "1+1"}), ("calculator", {"expression": "2+2"})]]],
    "weather": [[[("get_weather", {"city": "Paris"})]]],
    "both": [["One moment.", [("get_weather", {"city": "Paris"}), ("calculator", {"expression": "1+1"})]]],
    "ask first": [[[("current_time", {})]]],
    "broken": [[[("calculator", "{"), ("nothing", {})]]],
}
WEATHER: Any = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    "strict": True,
}
EVENTS: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
ITEMS: TypeAdapter[Any] = TypeAdapter(ResponseItem)


models, settings = provided_by(acting(SCRIPTS))


@pytest.fixture
async def client(owner: AsyncClient, working: Installation, app: FastAPI) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official client with a secret key, and an agent with tools, one of which needs approval."""
    tools = [{"name": "calculator"}, {"name": "current_time", "needs_approval": True}]
    await publish(owner, examples=[], tools=tools)
    key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with AsyncClient(transport=ASGITransport(app), follow_redirects=True) as http:
        yield openai.AsyncOpenAI(api_key=key, base_url=f"{ORIGIN}/v1", http_client=http, max_retries=0)


def strictly(value: Any) -> dict[str, Any]:
    """Return what the client was sent as plain JSON, having held it against the models: no coercion of any kind."""
    plain: dict[str, Any] = value.to_dict(mode="json", exclude_unset=True)
    if isinstance(value, Response):
        Response.model_validate_json(json.dumps(plain), strict=True)
    else:
        EVENTS.validate_json(json.dumps(plain), strict=True)
    return plain


async def events_of(stream: Any) -> list[dict[str, Any]]:
    """Return the events of a stream, each checked, their numbers rising."""
    found = [strictly(event) async for event in stream]
    numbers = [event["sequence_number"] for event in found]
    assert numbers == sorted(set(numbers)), "each event has a number of its own, and they rise"
    return found


def text_of(item: Any) -> str:
    """Return the text of a message."""
    text: str = item.content[0].text
    return text


def rebuilt(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the output as a client puts it together from items that were done."""
    done = {e["output_index"]: e["item"] for e in events if e["type"] == "response.output_item.done"}
    return [done[place] for place in sorted(done)]


async def test_a_response_is_whole_and_kept(client: openai.AsyncOpenAI, owner: AsyncClient) -> None:
    made = await client.responses.create(
        model="helper", input="Hello", metadata={"order": "7"}, instructions="Be kind."
    )
    strictly(made)
    assert (made.status, made.output_text, made.metadata) == ("completed", "Found: ", {"order": "7"})
    assert made.usage is not None
    assert made.usage.total_tokens == made.usage.input_tokens + made.usage.output_tokens > 0
    again = await client.responses.retrieve(made.id)
    assert strictly(again) == strictly(made)
    (kept,) = (await owner.get("/v1/conversations")).json()["data"]
    assert (kept["channel"], kept["message_count"]) == ("openai", 2)
    assert made.conversation is not None
    assert made.conversation.id == kept["id"]


async def test_the_agents_own_calls_are_items_of_the_output(client: openai.AsyncOpenAI) -> None:
    events = await events_of(await client.responses.create(model="helper", input="sum", stream=True))
    final = events[-1]["response"]
    assert [e["type"] for e in events[:2]] == ["response.created", "response.in_progress"]
    assert events[-1]["type"] == "response.completed"
    assert [item["type"] for item in final["output"]] == ["message", "mcp_call", "mcp_call", "message"]
    assert [json.loads(item["output"])["result"] for item in final["output"][1:3]] == ["2", "4"]
    assert rebuilt(events) == final["output"]
    told = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
    assert told == "".join(item["content"][0]["text"] for item in final["output"] if item["type"] == "message")
    stored = await events_of(await client.responses.retrieve(final["id"], stream=True))
    assert stored[-1] == events[-1], "made of the stored reply it is the same, number and all"
    assert {e["sequence_number"] for e in stored} <= {e["sequence_number"] for e in events}


async def test_calls_that_cannot_be_made_are_failed_items(client: openai.AsyncOpenAI) -> None:
    made = await client.responses.create(model="helper", input="broken")
    strictly(made)
    assert [(item.type, getattr(item, "status", None)) for item in made.output] == [
        ("mcp_call", "failed"),
        ("mcp_call", "failed"),
        ("message", "completed"),
    ]


async def test_the_client_makes_its_calls_and_the_next_response_goes_on(
    client: openai.AsyncOpenAI, owner: AsyncClient
) -> None:
    stream = await client.responses.create(model="helper", input="both", tools=[WEATHER], stream=True)
    events = await events_of(stream)
    first = events[-1]["response"]
    assert [item["type"] for item in first["output"]] == ["message", "function_call", "mcp_call"]
    call = first["output"][1]
    assert (call["name"], json.loads(call["arguments"])) == ("get_weather", {"city": "Paris"})
    gave: Any = [{"type": "function_call_output", "call_id": call["call_id"], "output": "18 degrees"}]
    asked: Any = {"model": "helper", "input": gave, "previous_response_id": first["id"], "tools": [WEATHER]}
    with pytest.raises(openai.BadRequestError, match="Every call"):
        await client.responses.create(model="helper", input="Well?", previous_response_id=first["id"])
    second = await client.responses.create(**asked)
    strictly(second)
    assert second.output_text == 'Found: 18 degrees | {"result":"2"}', "what was said before is not said again"
    assert second.id != first["id"]
    assert (await client.responses.create(**asked)).id == second.id, "the same answers lead to the same response"
    assert strictly(await client.responses.retrieve(first["id"])) == first, "the first one stays as it was"
    given = [item async for item in client.responses.input_items.list(second.id)]
    assert [(item.type, item.output) for item in given] == [("function_call_output", "18 degrees")]  # type: ignore[union-attr]
    third = await client.responses.create(model="helper", input="Thanks", previous_response_id=second.id)
    assert third.status == "completed"
    (kept,) = (await owner.get("/v1/conversations")).json()["data"]
    assert kept["message_count"] == 4, "one conversation"
    whole = await events_of(await client.responses.retrieve(second.id, stream=True))
    assert whole[-1]["response"]["output"] == strictly(second)["output"]
    assert whole[0]["sequence_number"] == 0


async def test_what_calls_gave_can_be_sent_without_a_response_before(client: openai.AsyncOpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "weather"}]
    first = await client.responses.create(model="helper", input=asked, tools=[WEATHER], store=False)
    (call,) = first.output
    asked += [call.to_dict(), {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}]  # type: ignore[union-attr]
    second = await client.responses.create(model="helper", input=asked, tools=[WEATHER], store=False)
    assert second.output_text == "Found: rain"
    asked += [item.to_dict() for item in second.output] + [{"role": "user", "content": "Thanks"}]
    third = await client.responses.create(model="helper", input=asked, store=False)
    assert third.output_text.startswith("Found")
    for made in (first, second, third):
        with pytest.raises(openai.NotFoundError):
            await client.responses.retrieve(made.id)


@pytest.mark.parametrize("is_approved", [True, False])
async def test_approvals_are_asked_for_and_answered(client: openai.AsyncOpenAI, is_approved: bool) -> None:
    first = await client.responses.create(model="helper", input="ask first")
    strictly(first)
    (request,) = first.output
    assert request.type == "mcp_approval_request"
    answer: Any = [{"type": "mcp_approval_response", "approval_request_id": request.id, "approve": is_approved}]
    stream = await client.responses.create(model="helper", input=answer, previous_response_id=first.id, stream=True)
    events = await events_of(stream)
    final = events[-1]["response"]
    kinds = [item["type"] for item in final["output"]]
    assert kinds == (["mcp_call", "message"] if is_approved else ["message"])
    if is_approved:
        assert final["output"][0]["approval_request_id"] == request.id
    assert strictly(await client.responses.retrieve(final["id"]))["output"] == final["output"]
    assert strictly(await client.responses.retrieve(first.id)) == strictly(first)
    (given,) = [item async for item in client.responses.input_items.list(final["id"])]
    ITEMS.validate_json(given.to_json())
    assert given.approve is is_approved  # type: ignore[union-attr]


async def test_an_older_response_is_gone_on_from_in_a_conversation_of_its_own(
    client: openai.AsyncOpenAI, owner: AsyncClient, models: Upstream
) -> None:
    one = await client.responses.create(model="helper", input="One")
    two = await client.responses.create(model="helper", input="Two", previous_response_id=one.id)
    other = await client.responses.create(model="helper", input="Other two", previous_response_id=one.id)
    assert two.conversation == one.conversation
    assert other.conversation != one.conversation
    said = [m["content"] for m in models.calls[-1].json["messages"] if m["role"] != "system"]
    assert said == ["One", "Found: ", "Other two"], "and nothing of the other branch"
    assert {c["message_count"] for c in (await owner.get("/v1/conversations")).json()["data"]} == {4}
    given = [item async for item in client.responses.input_items.list(other.id)]
    assert [text_of(item) for item in given] == ["Other two"]
    on = await client.responses.create(
        model="helper",
        input="Three",
        extra_body={"conversation": other.conversation.id},  # type: ignore[union-attr]
    )
    assert on.conversation == other.conversation


async def test_input_items_can_be_listed_page_by_page(client: openai.AsyncOpenAI) -> None:
    asked: Any = [
        {"role": "developer", "content": "Be kind."},
        {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "And?"},
    ]
    made = await client.responses.create(model="helper", input=asked)
    pages = await client.responses.input_items.list(made.id, limit=2, order="asc")
    texts = []
    async for item in pages:
        ITEMS.validate_json(item.to_json())
        texts.append(text_of(item))
    assert texts == ["Hi", "Hello", "And?"]


async def test_a_deleted_response_is_gone_and_its_conversation_is_not(
    client: openai.AsyncOpenAI, owner: AsyncClient
) -> None:
    made = await client.responses.create(model="helper", input="Hello")
    await client.responses.delete(made.id)
    for call in (client.responses.retrieve, client.responses.delete, client.responses.cancel):
        with pytest.raises(openai.NotFoundError):
            await call(made.id)
    with pytest.raises(openai.NotFoundError):
        await client.responses.create(model="helper", input="Hello", previous_response_id=made.id)
    assert (await owner.get("/v1/conversations")).json()["data"][0]["message_count"] == 2


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"input": []}, "input"),
    ({"input": "  "}, "input"),
    ({"input": "x" * 32_001}, "input"),
    ({"input": [{"role": "assistant", "content": "Hi"}]}, "input"),
    ({"input": [{"content": "Hi"}]}, "input.0.role"),
    ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input.0"),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]}, "input.0.content"),
    ({"input": [{"type": "function_call_output", "call_id": "call_1", "output": "x"}]}, "input.0.call_id"),
    (
        {"input": [{"type": "mcp_approval_response", "approval_request_id": "x", "approve": True}]},
        "input.0.approval_request_id",
    ),
    ({"input": [{"type": "function_call_output", "call_id": "c", "output": [{"type": "input_image"}]}]}, "input.0"),
    ({"prompt": {"id": "pmpt_1"}}, "prompt"),
    ({"text": {"format": {"type": "json_object"}}}, "text.format"),
    ({"background": True, "store": False}, "store"),
    ({"previous_response_id": "resp_1", "conversation": "cnv_1"}, "conversation"),
    ({"tools": [{"type": "web_search"}]}, "tools.0"),
    ({"tool_choice": {"type": "function", "name": "other"}}, "tool_choice"),
    ({"tool_choice": "sometimes"}, "tool_choice"),
    ({"metadata": {"k": "x" * 513}}, "metadata.k"),
    ({"temperature": 3}, "temperature"),
    ({"input": "a\x00b"}, "input.str"),
]


async def test_what_cannot_be_had_is_refused_by_name(client: openai.AsyncOpenAI) -> None:
    for body, field in REFUSED:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.post("/responses", cast_to=Response, body={"model": "helper", "input": "Hi", **body})
        assert refused.value.param is not None, body
        assert refused.value.param.startswith(field.split(".str")[0]), body


async def test_responses_of_others_are_not_there(
    client: openai.AsyncOpenAI, owner: AsyncClient, stranger: AsyncClient
) -> None:
    made = await client.responses.create(model="helper", input="Hello")
    await publish(stranger, examples=[])
    key = (await stranger.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    other = client.with_options(api_key=key)
    for call in (other.responses.retrieve, other.responses.delete, other.responses.cancel):
        with pytest.raises(openai.NotFoundError):
            await call(made.id)
    for of_others in ({"previous_response_id": made.id}, {"extra_body": {"conversation": made.conversation.id}}):  # type: ignore[union-attr]
        with pytest.raises(openai.NotFoundError):
            await other.responses.create(model="helper", input="And?", **of_others)
    assert (await stranger.get("/v1/conversations")).json()["data"] == []


async def test_errors_are_the_clients_own(client: openai.AsyncOpenAI, owner: AsyncClient) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        await client.responses.create(model="nobody", input="Hi")
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve("resp_nothing")
    with pytest.raises(openai.AuthenticationError):
        await client.with_options(api_key="sk_wrong").responses.create(model="helper", input="Hi")
    made = await owner.post("/v1/api-keys", json={"name": "r", "kind": "secret", "scopes": ["agents:read"]})
    with pytest.raises(openai.PermissionDeniedError):
        await client.with_options(api_key=made.json()["key"]).responses.create(model="helper", input="Hi")


async def test_a_response_sent_again_under_its_key_is_the_same(client: openai.AsyncOpenAI, owner: AsyncClient) -> None:
    once = {"Idempotency-Key": "k1"}
    made = await client.responses.create(model="helper", input="Hello", extra_headers=once)
    again = await client.responses.create(model="helper", input="Hello", extra_headers=once)
    assert again.id == made.id
    streamed = {"Idempotency-Key": "k2"}
    first = await events_of(
        await client.responses.create(model="helper", input="Hi", stream=True, extra_headers=streamed)
    )
    second = await events_of(
        await client.responses.create(model="helper", input="Hi", stream=True, extra_headers=streamed)
    )
    assert first[-1]["response"]["id"] == second[-1]["response"]["id"]
    assert len((await owner.get("/v1/conversations")).json()["data"]) == 2
