"""Answers that break off: no reader waits for ever, and no client takes a part for the whole."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.context import Ports
from medea.kernel.ids import TenantId, TurnId
from medea.kernel.llm.config import CallLimits
from medea.kernel.streams.memory import MemoryStreams
from medea.modules.conversations import streaming
from medea.modules.conversations.dialects import completions
from medea.modules.conversations.service import joining
from tests.modules.conversations.chatting import open_conversation, say, text_of


async def frames(*given: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    for frame in given:
        yield frame


async def test_an_openai_client_is_told_that_the_answer_is_not_whole() -> None:
    delta = {"type": "text-delta", "delta": "So "}
    completion = completions.Completion("chatcmpl-1", 1, "helper")
    sent = [chunk async for chunk in completions.stream_completion(completion, frames(delta), with_usage=False)]
    assert json.loads(sent[-2][6:])["error"]["code"] == "conversations.broken_off"
    assert not any(b'"finish_reason":"stop"' in chunk for chunk in sent)
    whole = completions.Completion("chatcmpl-2", 1, "helper")
    end = {"type": "finish", "messageMetadata": {"finish_reason": "stop", "usage": None}}
    sent = [chunk async for chunk in completions.stream_completion(whole, frames(delta, end), with_usage=False)]
    assert json.loads(sent[-2][6:])["choices"][0]["finish_reason"] == "stop"


async def test_who_has_a_part_of_a_reply_that_ended_unheard_gets_it_whole(
    chatty: AsyncClient, working: Installation, monkeypatch: Any
) -> None:
    monkeypatch.setattr(joining, "HEARTBEAT", 0.05)
    said = await say(chatty, await open_conversation(chatty))
    turn = TurnId.parse(said[0][1]["messageMetadata"]["turn_id"])
    tenant = TenantId.parse((await chatty.get("/v1/auth/me")).json()["tenant"]["id"])
    ports = working.ports
    # a second attempt that was broken off right after its commit: its live stream has no end
    writer = ports.streams.writer(tenant, turn, 2, restart=streaming.restart(2))
    writer.append([streaming.TEXT_START, streaming.text_delta("Every ")])
    async with asyncio.timeout(60):
        heard = b"".join([chunk async for chunk in joining.follow(ports, joining.Join(tenant, turn))])
    assert heard.endswith(b"data: [DONE]\n\n")
    after = heard.partition(b'"data-restart"')[2]
    assert after.count(b'"type":"text-delta"') == 1
    assert json.dumps(text_of(said), ensure_ascii=False).encode() in after


WHOLE: list[tuple[str, dict[str, Any]]] = [
    ("/v1/responses", {"model": "helper", "input": "When are you open?"}),
    ("/v1/chat/completions", {"model": "helper", "messages": [{"role": "user", "content": "When are you open?"}]}),
]


def said_in(answer: dict[str, Any]) -> str:
    """Return the text of a response or completion that is whole."""
    if answer["object"] == "response":
        assert answer["status"] == "completed"
        return "".join(part["text"] for item in answer["output"] for part in item["content"])
    assert answer["choices"][0]["finish_reason"] == "stop"
    text: str = answer["choices"][0]["message"]["content"]
    return text


@pytest.mark.parametrize(("path", "body"), WHOLE)
async def test_who_waits_for_the_whole_gets_it_although_its_live_stream_was_lost(
    chatty: AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, Any]
) -> None:
    follow, joined = joining.follow, 0

    async def lost_once(ports: Ports, join: joining.Join) -> AsyncIterator[bytes]:
        nonlocal joined
        joined += 1
        if joined == 1:
            yield streaming.framed([streaming.TEXT_START, streaming.text_delta("Only on Mon")], 1)
            yield streaming.FAREWELL
            return
        async for chunk in follow(ports, join):
            yield chunk

    monkeypatch.setattr(joining, "follow", lost_once)
    monkeypatch.setattr(joining, "AGAIN_SECONDS", 0.01)
    answer = await chatty.post(path, json=body)
    assert answer.status_code == 200, answer.text
    said = said_in(answer.json())
    assert "nine to five" in said
    assert "Only on Mon" not in said
    assert joined == 2


@pytest.mark.parametrize(("path", "body"), WHOLE)
async def test_a_process_that_leaves_takes_no_part_for_the_whole(
    chatty: AsyncClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, Any]
) -> None:
    async def lost(ports: Ports, join: joining.Join) -> AsyncIterator[bytes]:
        yield streaming.framed([streaming.TEXT_START, streaming.text_delta("Every ")], 1)
        yield streaming.FAREWELL

    monkeypatch.setattr(joining, "follow", lost)
    app.state.leaving.announce()
    answer = await chatty.post(path, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "conversations.broken_off")
    assert answer.headers["x-should-retry"] == "false", "the prompt was said: once more would be twice"
    assert answer.headers["x-medea-turn"].startswith("trn_")


async def test_a_response_that_has_ended_is_cancelled_without_waiting_for_its_live_stream(
    chatty: AsyncClient, working: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "HEARTBEAT", 600)
    made = (await chatty.post(*WHOLE[0][:1], json=WHOLE[0][1])).json()
    (turn,) = [each["turn_id"] for each in await replies_of(chatty, made["conversation"]["id"])]
    tenant = TenantId.parse((await chatty.get("/v1/auth/me")).json()["tenant"]["id"])
    writer = working.ports.streams.writer(tenant, TurnId.parse(turn), 2, restart=streaming.restart(2))
    writer.append([streaming.TEXT_START, streaming.text_delta("Every ")])  # an attempt whose end nobody heard
    async with asyncio.timeout(60):
        cancelled = await chatty.post(f"/v1/responses/{made['id']}/cancel")
    assert cancelled.json() == made


async def replies_of(client: AsyncClient, conversation: str) -> list[dict[str, Any]]:
    """Return the replies of a conversation."""
    listed = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    return [message for message in listed if message["role"] == "assistant"]


async def test_the_longest_answer_fits_a_live_stream() -> None:
    writer = MemoryStreams().writer(TenantId.new(), TurnId.new(), 1, restart=streaming.restart(1))
    for _ in range(CallLimits().max_answer_chars):
        writer.append((streaming.text_delta("\u20ac"),))
    writer.append([streaming.TEXT_END, streaming.DONE])
    writer.finish()
