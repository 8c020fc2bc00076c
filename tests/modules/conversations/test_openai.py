"""The OpenAI-compatible API, with the official client."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from openai.types.chat import ChatCompletion

from tests.support.app import ORIGIN


@pytest.fixture
async def client(chatty: AsyncClient, app: FastAPI) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official client with a secret key."""
    key = (await chatty.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with AsyncClient(transport=ASGITransport(app)) as http:
        yield openai.AsyncOpenAI(api_key=key, base_url=f"{ORIGIN}/v1", http_client=http, max_retries=0)


async def test_models_are_the_published_agents(client: openai.AsyncOpenAI, chatty: AsyncClient) -> None:
    await chatty.post("/v1/agents", json={"name": "Draft only", "system_prompt": "x"})
    assert [model.id async for model in client.models.list()] == ["helper"]
    assert (await client.models.retrieve("helper")).object == "model"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("nobody")


async def test_a_completion_is_answered_and_kept(client: openai.AsyncOpenAI, chatty: AsyncClient) -> None:
    answer = await client.chat.completions.create(
        model="helper", messages=[{"role": "user", "content": "When are you open?"}]
    )
    text = answer.choices[0].message.content
    assert text is not None
    assert "nine to five" in text
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0
    (kept,) = (await chatty.get("/v1/conversations")).json()["data"]
    assert (kept["channel"], kept["message_count"]) == ("openai", 2)


async def test_a_stream_gives_the_same_text_and_usage(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="helper",
        messages=[
            {"role": "developer", "content": "Be kind."},
            {"role": "user", "content": [{"type": "text", "text": "When are you open?"}]},
        ],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "nine to five" in text
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens > 0


async def test_a_history_that_goes_on_is_one_conversation(client: openai.AsyncOpenAI, chatty: AsyncClient) -> None:
    messages = [{"role": "user", "content": "When are you open?"}]
    for _ in range(3):
        answer = await client.chat.completions.create(model="helper", messages=messages)  # type: ignore[arg-type]
        reply = answer.choices[0].message.content or ""
        messages += [{"role": "assistant", "content": reply}, {"role": "user", "content": "And then?"}]
    (kept,) = (await chatty.get("/v1/conversations")).json()["data"]
    assert kept["message_count"] == 6
    messages[1]["content"] = "Something else was said."
    await client.chat.completions.create(model="helper", messages=messages)  # type: ignore[arg-type]
    assert len((await chatty.get("/v1/conversations")).json()["data"]) == 2


async def test_errors_are_the_clients_own(client: openai.AsyncOpenAI) -> None:
    hello = [{"role": "user", "content": "Hello"}]
    with pytest.raises(openai.NotFoundError) as missing:
        await client.chat.completions.create(model="nobody", messages=hello)  # type: ignore[arg-type]
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as malformed:
        await client.chat.completions.create(model="helper", messages=[])
    assert malformed.value.param == "messages"
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(model="helper", messages=hello, n=2)  # type: ignore[arg-type]
    with pytest.raises(openai.BadRequestError):
        last = [*hello, {"role": "assistant", "content": "Hi"}]
        await client.chat.completions.create(model="helper", messages=last)  # type: ignore[arg-type]
    stranger = client.with_options(api_key="sk_wrong")
    with pytest.raises(openai.AuthenticationError) as refused:
        await stranger.chat.completions.create(model="helper", messages=hello)  # type: ignore[arg-type]
    assert refused.value.code == "invalid_api_key"


HELLO = {"role": "user", "content": "Hello"}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
TOOL = {"type": "function", "function": {"name": "lookup"}}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"n": 2}, "n"),
    ({"response_format": {"type": "json_object"}}, "response_format"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}}, "response_format"),
    ({"modalities": ["text", "audio"]}, "modalities"),
    ({"functions": [{"name": "lookup"}]}, "functions"),
    ({"tools": [TOOL], "tool_choice": "sometimes"}, "tool_choice"),
    ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "other"}}}, "tool_choice"),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]}]},
        "messages.0.content",
    ),
]


async def test_what_would_be_missed_in_the_answer_is_refused_by_name(
    client: openai.AsyncOpenAI, chatty: AsyncClient
) -> None:
    for body, field in REFUSED:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.post(
                "/chat/completions", cast_to=ChatCompletion, body={"model": "helper", "messages": [HELLO], **body}
            )
        assert refused.value.param == field, body
    assert (await chatty.get("/v1/conversations")).json()["data"] == [], "nothing was said"


async def test_what_changes_nothing_is_let_pass(client: openai.AsyncOpenAI) -> None:
    more: dict[str, Any] = {"n": 1, "response_format": {"type": "text"}, "modalities": ["text"], "seed": 7, "user": "u"}
    answer = await client.chat.completions.create(model="helper", messages=[HELLO], **more)  # type: ignore[list-item]
    assert answer.choices[0].finish_reason == "stop"


async def test_only_the_last_chunk_of_a_stream_knows_the_usage(client: openai.AsyncOpenAI) -> None:
    asked: Any = {"model": "helper", "messages": [HELLO], "stream": True}
    counted = [c async for c in await client.chat.completions.create(**asked, stream_options={"include_usage": True})]
    assert all("usage" in chunk.model_fields_set and chunk.usage is None for chunk in counted[:-1])
    assert counted[-1].choices == []
    bare = [c async for c in await client.chat.completions.create(**asked)]
    assert not any("usage" in chunk.model_fields_set for chunk in bare)


async def test_a_key_without_the_scope_is_refused(chatty: AsyncClient, client: openai.AsyncOpenAI) -> None:
    made = await chatty.post("/v1/api-keys", json={"name": "r", "kind": "secret", "scopes": ["agents:read"]})
    with pytest.raises(openai.PermissionDeniedError):
        await client.with_options(api_key=made.json()["key"]).models.list()
