"""Turns while they run: stop, wait, go away, fail, come back."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from medea.modules.conversations.runtime import execution
from medea.modules.conversations.service import joining
from tests.modules.conversations.chatting import STREAM, frames_of, open_conversation, publish, text_of
from tests.support.models import provided_by
from tests.support.upstream import Answer, Call, Hang, Reset, Send, Upstream, Wait, chunk, event, refusal

WORDS = [f"word{number} " for number in range(30)]


def tell(call: Call) -> Answer:
    """Answer as the last message says: slowly, for ever, not at all."""
    asked = call.json["messages"][-1]["content"]
    match asked:
        case "hang":
            return Answer([Send(event(chunk("So "))), Hang()])
        case "broken":
            return Answer([Send(event(chunk("So "))), Reset()])
        case "refuse":
            return refusal(401, {"error": {"message": "bad key sk-secret"}})
        case "empty":
            return Answer([Send(event(chunk(finish="stop"))), Send(b"data: [DONE]\n\n")])
        case "nul":
            return Answer([Send(event(chunk("a\0b"))), Send(event(chunk(finish="stop"))), Send(b"data: [DONE]\n\n")])
    steps = [step for word in WORDS for step in (Send(event(chunk(word))), Wait(0.01))]
    return Answer([*steps, Send(event(chunk(finish="stop"))), Send(b"data: [DONE]\n\n")])


models, settings = provided_by(tell)


@pytest.fixture
async def client(live: str, owner: AsyncClient) -> AsyncIterator[AsyncClient]:
    """An owner with a published agent, over a real connection."""
    await publish(owner)
    async with AsyncClient(base_url=live, cookies=owner.cookies, timeout=20) as made:
        yield made


async def follow(client: AsyncClient, method: str, url: str, **options: Any) -> AsyncIterator[tuple[str, Any]]:
    """Yield frames as they come."""
    async with client.stream(method, url, headers=options.pop("headers", STREAM), **options) as answer:
        frame_id = ""
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                frame_id = line[4:]
            elif line.startswith("data: {"):
                yield frame_id, json.loads(line[6:])


async def whole(client: AsyncClient, turn: str) -> list[tuple[str, Any]]:
    """Return all frames of a turn, from its beginning."""
    return frames_of(await client.get(f"/v1/turns/{turn}/stream"))


async def start(client: AsyncClient, conversation: str, text: str) -> str:
    """Say something and return its turn."""
    answer = await client.post(f"/v1/conversations/{conversation}/messages", json={"text": text})
    assert answer.status_code == 202, answer.text
    turn: str = answer.json()["turn_id"]
    return turn


async def first_text(client: AsyncClient, turn: str) -> None:
    """Wait until a turn has said something."""
    async for _, frame in follow(client, "GET", f"/v1/turns/{turn}/stream"):
        if frame["type"] == "text-delta":
            return


async def test_a_client_that_goes_away_stops_nothing(client: AsyncClient) -> None:
    conversation = await open_conversation(client)
    url = f"/v1/conversations/{conversation}/messages"
    seen, last = "", ""
    turn = ""
    async for frame_id, frame in follow(client, "POST", url, json={"text": "Tell me"}):
        if frame["type"] == "start":
            turn = frame["messageMetadata"]["turn_id"]
        if frame["type"] == "text-delta":
            seen, last = seen + frame["delta"], frame_id
        if len(seen) > 30:
            break
    rest = [f async for _, f in follow(client, "GET", f"/v1/turns/{turn}/stream", headers={"last-event-id": last})]
    assert rest[0]["type"] == "text-delta", "it goes on where it broke off, without a restart"
    assert seen + "".join(f.get("delta", "") for f in rest) == "".join(WORDS)


async def test_many_readers_at_any_place_see_the_same_text(client: AsyncClient) -> None:
    turn = await start(client, await open_conversation(client), "Tell me")

    async def read(delay: float) -> str:
        await asyncio.sleep(delay)
        return "".join([f.get("delta", "") async for _, f in follow(client, "GET", f"/v1/turns/{turn}/stream")])

    assert set(await asyncio.gather(*(read(number * 0.03) for number in range(12)))) == {"".join(WORDS)}


async def test_a_running_turn_is_stopped_and_keeps_what_was_said(client: AsyncClient) -> None:
    conversation = await open_conversation(client)
    turn = await start(client, conversation, "hang")
    await first_text(client, turn)
    asked = await client.post(f"/v1/turns/{turn}/cancel")
    assert asked.status_code == 200
    frames = await whole(client, turn)
    assert [frame["type"] for _, frame in frames][-2:] == ["text-end", "abort"]
    assert text_of(frames) == "So "
    assert (await client.post(f"/v1/turns/{turn}/cancel")).json()["status"] == "cancelled"
    messages = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert [(m["text"], m["status"]) for m in messages] == [("hang", "complete"), ("So ", "cancelled")]
    again = await start(client, conversation, "Tell me")
    assert text_of(await whole(client, again)) == "".join(WORDS)


async def test_two_prompts_at_once_are_answered_in_order(client: AsyncClient, models: Upstream) -> None:
    conversation = await open_conversation(client)
    turns = await asyncio.gather(*(start(client, conversation, f"Question {number}") for number in range(5)))
    texts = [text_of(await whole(client, turn)) for turn in turns]
    assert texts == ["".join(WORDS)] * 5
    messages = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert [m["role"] for m in messages] == ["user", "assistant"] * 5
    assert {m["text"] for m in messages if m["role"] == "user"} == {f"Question {number}" for number in range(5)}
    for place, call in enumerate(models.calls):
        asked = [m["content"] for m in call.json["messages"] if m["role"] == "user"]
        assert len(asked) == place + 2, "each question, after the example, knows what was said before it"


async def test_a_waiting_prompt_can_be_stopped(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "HEARTBEAT", 600)
    conversation = await open_conversation(client)
    first = await start(client, conversation, "hang")
    waiting = await start(client, conversation, "Tell me")
    assert (await client.get(f"/v1/turns/{waiting}")).json()["status"] == "queued"
    follower = asyncio.create_task(whole(client, waiting))
    await asyncio.sleep(0.2)
    assert (await client.post(f"/v1/turns/{waiting}/cancel")).json()["status"] == "cancelled"
    async with asyncio.timeout(60):  # at once, not with the next heartbeat
        assert (await follower)[-1][1]["type"] == "abort"
    assert (await whole(client, waiting))[-1][1]["type"] == "abort"
    await client.post(f"/v1/turns/{first}/cancel")
    assert (await whole(client, first))[-1][1]["type"] == "abort"
    assert (await client.get(f"/v1/conversations/{conversation}")).json()["active_turn_id"] is None


@pytest.mark.parametrize(
    ("asked", "code", "is_retryable", "said"),
    [
        ("broken", "llm.interrupted", True, "So "),
        ("refuse", "llm.authentication", False, ""),
        ("empty", "llm.empty", True, ""),
    ],
)
async def test_a_failed_turn_says_so_politely_and_tells_the_tenant_why(
    client: AsyncClient, asked: str, code: str, is_retryable: bool, said: str
) -> None:
    conversation = await open_conversation(client)
    turn = await start(client, conversation, asked)
    frames = await whole(client, turn)
    error = next(frame["data"] for _, frame in frames if frame["type"] == "data-error")
    assert (error["code"], error["retryable"]) == (code, is_retryable)
    assert frames[-1][1] == {"type": "error", "errorText": error["message"]}
    assert text_of(frames) == said
    read = (await client.get(f"/v1/turns/{turn}")).json()
    assert (read["status"], read["error"]["code"]) == ("failed", code)
    assert "sk-secret" not in json.dumps(read) + json.dumps(frames)
    again = frames_of(await client.post(f"/v1/turns/{turn}/regenerate", headers=STREAM))
    assert again[0][1]["messageMetadata"]["turn_id"] != turn


async def test_what_postgresql_cannot_store_does_not_break_a_turn(client: AsyncClient) -> None:
    turn = await start(client, await open_conversation(client), "nul")
    assert text_of(await whole(client, turn)) == "ab"


async def test_an_agent_that_is_gone_fails_its_turns(client: AsyncClient) -> None:
    conversation = await open_conversation(client)
    await client.delete("/v1/agents/helper")
    turn = await start(client, conversation, "Tell me")
    error = next(frame["data"] for _, frame in await whole(client, turn) if frame["type"] == "data-error")
    assert error["code"] == "agents.agent_not_found"


async def test_the_playground_talks_to_the_draft(client: AsyncClient, models: Upstream) -> None:
    await client.patch("/v1/agents/helper", json={"system_prompt": "Be a pirate.", "temperature": 0.3})
    conversation = await open_conversation(client, draft=True)
    await whole(client, await start(client, conversation, "Tell me"))
    await whole(client, await start(client, await open_conversation(client), "Tell me"))
    draft, live = (call.json for call in models.calls)
    assert draft["messages"][0]["content"] == "Be a pirate."
    assert draft["temperature"] == 0.3
    assert live["messages"][0]["content"] == "Help."


async def test_a_published_version_is_live_at_once(client: AsyncClient, models: Upstream) -> None:
    conversation = await open_conversation(client)
    for prompt in ("One.", "Two."):
        await client.patch("/v1/agents/helper", json={"system_prompt": prompt})
        await client.post("/v1/agents/helper/publish", json={})
        await whole(client, await start(client, conversation, "Tell me"))
        assert models.calls[-1].json["messages"][0]["content"] == prompt


async def test_an_answer_without_end_is_ended_and_paid_for_once(
    client: AsyncClient, models: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "LONGEST_SECONDS", 0.5)
    conversation = await open_conversation(client)
    turn = await start(client, conversation, "hang")
    kinds = [frame["type"] for _, frame in await whole(client, turn)]
    assert kinds[-3:] == ["text-end", "data-error", "error"]
    messages = (await client.get(f"/v1/conversations/{conversation}/messages")).json()["data"]
    assert (messages[1]["text"], messages[1]["error"]["code"]) == ("So ", "llm.timeout")
    assert (await client.get(f"/v1/turns/{turn}")).json()["attempt"] == len(models.calls) == 1
