"""Turns that wait for somebody, over Chat Completions, which has no words for that: an error that says what to do."""

import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from medea.apps.bootstrap import Installation
from tests.modules.conversations.acting import acting
from tests.modules.conversations.chatting import publish
from tests.support.app import ORIGIN
from tests.support.models import provided_by

FORM = {"title": "Call back", "fields": [{"name": "email", "label": "E-mail", "type": "email", "is_required": True}]}
LOOKUP = {"type": "function", "function": {"name": "lookup", "parameters": {"type": "object", "properties": {}}}}
SCRIPTS: dict[str, Any] = {
    "add": [["Let me see.", [("calculator", {"expression": "1+1"})]]],
    "form": [[[("collect_form", FORM)]]],
    "both": [[[("calculator", {"expression": "1+1"}), ("lookup", {})]]],
}
TOOLS = [{"name": "calculator", "needs_approval": True}, {"name": "collect_form"}]


models, settings = provided_by(acting(SCRIPTS))


@pytest.fixture
async def client(owner: AsyncClient, working: Installation, app: FastAPI) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official client, which tries again as it is made, and an agent that asks first."""
    await publish(owner, tools=TOOLS)
    key = (await owner.post("/v1/api-keys", json={"name": "server", "kind": "secret"})).json()["key"]
    async with AsyncClient(transport=ASGITransport(app)) as http:
        yield openai.AsyncOpenAI(api_key=key, base_url=f"{ORIGIN}/v1", http_client=http)


def said(text: str) -> Any:
    """Return what is asked."""
    return {"model": "helper", "messages": [{"role": "user", "content": text}]}


@pytest.mark.parametrize(("text", "wants"), [("add", "approval for calculator"), ("form", "form for collect_form")])
async def test_a_turn_that_waits_is_an_error_that_says_who_goes_on_where(
    client: openai.AsyncOpenAI, owner: AsyncClient, text: str, wants: str
) -> None:
    with pytest.raises(openai.ConflictError) as refused:
        await client.chat.completions.create(**said(text))
    assert refused.value.code == "conversations.answer_awaited"
    turn = refused.value.response.headers["x-medea-turn"]
    assert wants in refused.value.message
    assert f"/v1/turns/{turn}/approvals" in refused.value.message
    kept = (await owner.get("/v1/conversations")).json()["data"]
    assert [each["id"] for each in kept] == [refused.value.response.headers["x-medea-conversation"]], "tried again"
    assert (await owner.get(f"/v1/turns/{turn}")).json()["status"] == "waiting"


async def test_a_stream_ends_with_that_error_after_its_text_and_the_turn_goes_on_where_it_says(
    client: openai.AsyncOpenAI, owner: AsyncClient
) -> None:
    stream = await client.chat.completions.create(**said("add"), stream=True)
    turn = stream.response.headers["x-medea-turn"]
    texts: list[str] = []
    with pytest.raises(openai.APIError, match="approval for calculator") as refused:
        async for chunk in stream:
            texts += [choice.delta.content or "" for choice in chunk.choices]
    assert ("".join(texts), refused.value.code) == ("Let me see.", "conversations.answer_awaited")
    messages = (await owner.get(f"/v1/conversations/{stream.response.headers['x-medea-conversation']}/messages")).json()
    (call,) = [part for part in messages["data"][-1]["parts"] if part["type"] == "tool"]
    body = {"tool_call_id": call["id"], "approved": True}
    answer = await owner.post(f"/v1/turns/{turn}/approvals", json=body, headers={"accept": "text/event-stream"})
    assert 'Found: {"result":"2"}' in "".join(
        json.loads(line[6:]).get("delta", "") for line in answer.text.split("\n") if "delta" in line
    )


async def test_the_callers_own_calls_come_first(client: openai.AsyncOpenAI, owner: AsyncClient) -> None:
    asked: Any = {**said("both"), "tools": [LOOKUP]}
    first = (await client.chat.completions.create(**asked)).choices[0]
    assert first.finish_reason == "tool_calls"
    assert first.message.tool_calls is not None
    (call,) = first.message.tool_calls
    result = {"role": "tool", "tool_call_id": call.id, "content": "42"}
    messages = [*asked["messages"], first.message.model_dump(exclude_none=True), result]
    with pytest.raises(openai.ConflictError, match="for somebody's answer"):
        await client.chat.completions.create(**{**asked, "messages": messages})
