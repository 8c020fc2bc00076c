"""Answers that break off: no reader waits for ever, and no client takes a part for the whole."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from httpx2 import AsyncClient

from medea.apps.bootstrap import Installation
from medea.kernel.ids import TenantId, TurnId
from medea.kernel.llm.config import CallLimits
from medea.kernel.streams.memory import MemoryStreams
from medea.modules.conversations import openai_dialect as dialect
from medea.modules.conversations import streaming
from medea.modules.conversations.service import joining
from tests.modules.conversations.chatting import open_conversation, say, text_of


async def frames(*given: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    for frame in given:
        yield frame


async def test_an_openai_client_is_told_that_the_answer_is_not_whole() -> None:
    delta = {"type": "text-delta", "delta": "So "}
    completion = dialect.Completion("chatcmpl-1", 1, "helper")
    sent = [chunk async for chunk in dialect.stream_completion(completion, frames(delta), with_usage=False)]
    assert json.loads(sent[-2][6:])["error"]["code"] == "conversations.broken_off"
    assert not any(b'"finish_reason":"stop"' in chunk for chunk in sent)
    whole = dialect.Completion("chatcmpl-2", 1, "helper")
    end = {"type": "finish", "messageMetadata": {"finish_reason": "stop", "usage": None}}
    sent = [chunk async for chunk in dialect.stream_completion(whole, frames(delta, end), with_usage=False)]
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
    async with asyncio.timeout(5):
        heard = b"".join([chunk async for chunk in joining.follow(ports, joining.Join(tenant, turn))])
    assert heard.endswith(b"data: [DONE]\n\n")
    after = heard.partition(b'"data-restart"')[2]
    assert after.count(b'"type":"text-delta"') == 1
    assert json.dumps(text_of(said), ensure_ascii=False).encode() in after


async def test_the_longest_answer_fits_a_live_stream() -> None:
    writer = MemoryStreams().writer(TenantId.new(), TurnId.new(), 1, restart=streaming.restart(1))
    for _ in range(CallLimits().max_answer_chars):
        writer.append((streaming.text_delta("\u20ac"),))
    writer.append([streaming.TEXT_END, streaming.DONE])
    writer.finish()
